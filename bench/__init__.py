"""Measures Peilung against the budgets of its design, next to a yardstick on the same machine."""
