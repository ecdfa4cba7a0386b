"""Intake: questionnaires in, durable submissions and events out."""
