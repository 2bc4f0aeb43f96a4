"""Surveys and feedback for programs."""
