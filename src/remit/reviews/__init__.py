"""Reviews as state machines. Pure."""
