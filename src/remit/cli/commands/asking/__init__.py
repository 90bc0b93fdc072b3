"""Commands about what executors are asked."""
