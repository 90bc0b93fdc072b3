"""One module for every step from one shape of the tables to the next."""
