"""Use cases: what happens on an event, at a tick, when a mail is due, when somebody answers."""
