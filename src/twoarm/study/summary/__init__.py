"""The content of ``summary.json``: what was measured, and what every question adds."""
