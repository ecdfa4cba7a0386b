"""A container engine for the system tier, and stand-ins for images that cannot be pulled."""
