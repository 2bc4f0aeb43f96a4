"""Records through the API. What is shared by all kinds is written once; see own.py for the rest."""
