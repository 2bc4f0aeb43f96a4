"""What the catalog is asked."""
