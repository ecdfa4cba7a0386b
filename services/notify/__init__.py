"""Notify: one clear email per matter to the person who can help, and its acknowledgement."""
