"""Composition root: settings, addresses, workers and the one-machine stack."""
