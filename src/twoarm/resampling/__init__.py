"""Replicates, what they say about optimism, and where they are kept."""
