"""What a run asks of its cohort and models: one question a file, one shape for all."""
