"""Intake's ports on real things: the document store, mail."""
