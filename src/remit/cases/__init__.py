"""Case sets: check, split, freeze, coverage. Pure."""
