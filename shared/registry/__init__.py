"""Each service's own copy of what intake publishes: programmes, sites, waves, accounts."""

from __future__ import annotations

from shared.registry.access import MONITORING_STAFF, SUPPORT_STAFF, sees_flag, sees_site
from shared.registry.accounts import Account, Grant
from shared.registry.registry import COLLECTIONS, Registry

__all__ = [
    "COLLECTIONS",
    "MONITORING_STAFF",
    "SUPPORT_STAFF",
    "Account",
    "Grant",
    "Registry",
    "sees_flag",
    "sees_site",
]
