"""The commands by which a definition comes into being: reading an intent, and the interview."""
