"""People and teams through the API, and how a program signs in."""
