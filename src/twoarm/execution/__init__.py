"""One map over tasks, whoever runs them."""
