"""What the importer writes: names and histories of another tool, and tables of rows."""
