"""What the predicted benefit depends on, and what modifies the effect."""
