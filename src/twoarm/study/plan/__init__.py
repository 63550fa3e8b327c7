"""What a run will do, fixed before anything is computed."""
