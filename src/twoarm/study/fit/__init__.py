"""Everything that is fitted: on everybody, cross-fitted, and in every replicate."""
