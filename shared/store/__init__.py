"""The document store: one small port, a MongoDB and a SQLite adapter."""
