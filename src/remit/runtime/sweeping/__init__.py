"""The sweeper: what has to happen by itself, by one process at a time."""
