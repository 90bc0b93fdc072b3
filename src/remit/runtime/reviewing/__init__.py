"""What people do with a review besides deciding it, and what becomes of one that nobody decides."""
