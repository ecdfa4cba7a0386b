"""Scoring: indicator values and challenge flags from what sites and people answered."""
