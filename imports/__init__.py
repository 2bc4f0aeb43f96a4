"""What comes in from elsewhere: other tools' event logs, and tables of people, services, items."""
