"""Every verb on people, teams, roles, sessions and tokens; each is checked and audited."""
