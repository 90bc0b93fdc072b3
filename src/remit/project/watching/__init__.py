"""Autonomy of one work: evidence kept up to date, truths that come in, outcomes, and what is still missing."""
