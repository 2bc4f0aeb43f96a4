"""Services and configuration items through the API."""
