"""Ways to run Peilung."""
