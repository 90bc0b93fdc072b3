"""``remit run``, and the answers of one person from a file."""
