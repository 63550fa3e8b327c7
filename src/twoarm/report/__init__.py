"""From results to pages: content, tables, figures, HTML."""
