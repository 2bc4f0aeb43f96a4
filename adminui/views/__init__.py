"""Views of the administration."""
