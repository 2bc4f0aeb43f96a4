"""Questions about answers and feedback."""
