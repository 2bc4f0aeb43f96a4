"""Telling people: what, to whom, through which channel, and whether it arrived."""
