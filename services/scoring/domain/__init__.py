"""What values, flags and their explanations are; pure."""
