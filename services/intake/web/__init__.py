"""Intake's pages and JSON API."""
