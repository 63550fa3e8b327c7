"""Two-arm clinical cohorts: who benefits from the treatment, and can it be believed."""
