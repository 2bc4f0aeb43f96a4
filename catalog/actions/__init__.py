"""What is done to the catalog and to requests."""
