"""Plain pages: text whose headings are lines like any other."""
