"""From stored predictions to results; nothing is fitted here."""
