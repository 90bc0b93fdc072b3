"""What is wrong with a request, as who sent it can use it."""
