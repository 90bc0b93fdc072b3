"""Remit: the missing layer between an AI strategy and its execution."""
