"""The route of one answer: the one place that says what becomes of an item. Pure."""
