"""What is seen of requests, and what a server counts."""
