"""A made-up organisation with a year behind it, so that every page has something true to show."""
