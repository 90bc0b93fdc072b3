"""What running shows of a work: the facts that drills and records bring."""
