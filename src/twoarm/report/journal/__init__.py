"""For the journal: paragraphs, tables and checklists that an author takes along."""
