"""Benefit in groups of rising baseline risk."""
