"""The document store: one small port, a MongoDB and a SQLite adapter."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

from shared.errors import ConfigError
from shared.store.port import Store


def open_store(url: str) -> Store:
    """Return the store at `sqlite:///absolute/path.db` or `mongodb://host/database`; nothing is connected yet.

    Raises ConfigError for any other URL.
    """
    parts = urlsplit(url)
    if parts.scheme == "sqlite" and not parts.netloc and parts.path.strip("/"):
        from shared.store.sqlite import SqliteStore

        return SqliteStore(unquote(parts.path))
    if parts.scheme in ("mongodb", "mongodb+srv") and parts.path.strip("/"):
        from shared.store.mongo import MongoStore

        return MongoStore(url)
    raise ConfigError(["the store's URL must be sqlite:///absolute/path.db or mongodb://host/database"])
