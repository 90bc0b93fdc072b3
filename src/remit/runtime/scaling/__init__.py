"""Work for many processes: a Ray cluster, and rows spread over it."""
