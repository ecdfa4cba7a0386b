"""The three services; each owns its database and meets the others only on the bus."""
