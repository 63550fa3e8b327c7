"""The released model: plain JSON, checked when it is loaded, predicted with NumPy alone."""
