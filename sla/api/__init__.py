"""Service levels over the API."""
