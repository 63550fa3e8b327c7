"""Compiled kernels: arrays in, arrays out.

Nothing here checks its input, raises a user's error, or knows what a patient is; the callers in
`learners`, `metrics` and `resampling` do. Every kernel has a slow, obvious twin in the tests.
"""
