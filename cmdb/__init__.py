"""What a record is about: services, configuration items and how they relate."""
