"""Plan, run, result: the only place that knows the whole pipeline."""
