"""What leaves and who is alerted, for a terminal."""
