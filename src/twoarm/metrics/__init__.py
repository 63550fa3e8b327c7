"""Measures of predictions: arrays in, values out."""
