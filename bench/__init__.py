"""Figures: Remit beside plain code and peers, measured in one run. ``python -m bench`` prints the table."""
