"""Incidents: restoring service fast."""
