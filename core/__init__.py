"""No business here: time, events, states, predicates, the outbox and what every page shares."""
