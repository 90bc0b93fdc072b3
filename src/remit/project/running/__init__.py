"""Many at once, from a file: items that are decided, and what one person answered to many reviews."""
