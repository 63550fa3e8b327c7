"""What the predicted benefit depends on."""
