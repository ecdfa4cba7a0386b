"""Storage behind the ports, on the shared document store."""
