"""Measurements whose results are kept in git: statistical claims and speed."""
