"""People answer items by themselves: what they said, in which order they are asked, and how far they agree."""
