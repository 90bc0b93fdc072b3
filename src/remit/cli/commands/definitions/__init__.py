"""Commands about the text of definitions."""
