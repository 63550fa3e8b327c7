"""Can it be causal? One question, one file, one finding."""
