"""Each service's own copy of what intake publishes: programmes, sites, waves, accounts."""

from __future__ import annotations

from shared.registry.access import sees_flag, sees_site
from shared.registry.accounts import Account, Grant
from shared.registry.registry import COLLECTIONS, Registry

__all__ = ["COLLECTIONS", "Account", "Grant", "Registry", "sees_flag", "sees_site"]
