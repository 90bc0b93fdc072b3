"""Commands about what leaves, and about alerts."""
