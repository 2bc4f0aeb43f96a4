"""What an attacker would try. docs/admin/security.md says which line is proved where."""
