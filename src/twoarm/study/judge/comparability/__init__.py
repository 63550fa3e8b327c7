"""Are the arms comparable? What was measured, and who has a counterpart."""
