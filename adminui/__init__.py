"""Administration pages: people, teams, lists of choices, priorities, routing, services, the log."""
