"""What pages and the API read of service levels."""
