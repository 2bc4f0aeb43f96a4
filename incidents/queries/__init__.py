"""What is read of incidents: the major ones, their timelines and the people concerned."""
