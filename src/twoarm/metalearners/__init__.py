"""From two outcome models to the benefit of each patient."""
