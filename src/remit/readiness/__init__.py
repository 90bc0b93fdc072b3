"""Facts and rules in, findings, dimensions and levels out. Pure."""
