"""Major incidents as data."""
