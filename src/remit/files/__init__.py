"""Files as users write them, turned into values, with a position for everything."""
