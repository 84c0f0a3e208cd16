"""Measured, never believed: each benchmark does the real work."""
