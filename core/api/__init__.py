"""What every part of /api/v1/ shares: problems, paging, idempotency, limits, strict input."""
