"""Service levels: calendars, agreements, clocks, and what follows from them."""
