"""Announcements for programs."""
