"""Finding what is found from tune cases."""
