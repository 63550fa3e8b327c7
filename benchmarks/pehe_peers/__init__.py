"""Other libraries' learners in the table of `benchmarks.pehe`, in an environment of their own.

They need not be able to import twoarm: cohorts reach them as files, and their predictions come back
as files. ``requirements/peers-pehe.txt`` pins that environment.
"""
