"""The catalog for programs."""
