"""What the portal reads: lists of requests, and one request."""
