"""What people say of the service: after a record closes, and of a service at any time."""
