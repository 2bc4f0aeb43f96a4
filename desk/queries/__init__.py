"""What the agent's pages read."""
