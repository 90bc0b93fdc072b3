"""One item: stop, admit, keep, perform, check, route. Pure; touches no store."""
