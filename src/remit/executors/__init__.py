"""Who does the work: person, table, function, model."""
