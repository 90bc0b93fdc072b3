"""Certificates, grants and the route of one answer. Pure."""
