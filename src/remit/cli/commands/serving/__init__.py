"""Commands about serving the project to others: tokens, and the server itself."""
