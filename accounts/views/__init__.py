"""Signing in and out, passwords, and the pages about oneself."""
