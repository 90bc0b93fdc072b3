"""``remit demo``: three pieces of real work; the last is taken up the whole ladder, down, and up again."""
