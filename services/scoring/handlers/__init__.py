"""What happens on an event, and what the worker does with a dirty cell."""
