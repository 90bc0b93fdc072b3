"""The language of work definitions: model, levels, expressions, tables, digests. Pure."""
