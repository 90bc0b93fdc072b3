"""Pure mathematics on numbers and arrays; knows nothing of work."""
