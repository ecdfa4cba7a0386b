"""Servers the tests start for themselves, on loopback and random ports."""
