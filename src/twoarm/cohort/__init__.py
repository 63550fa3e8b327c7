"""From a data file to a validated, frozen cohort."""
