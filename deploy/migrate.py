"""`python -m deploy.migrate`: creates what each service's database lacks, as soon as it answers. Idempotent."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

from services.intake.ports import COLLECTIONS as INTAKE
from services.notify.documents import COLLECTIONS as NOTIFY
from services.scoring.ports import COLLECTIONS as SCORING
from shared.errors import StoreUnavailable
from shared.registry import COLLECTIONS as REGISTRY
from shared.store import open_store
from shared.store.port import CollectionSpec

SPECS: Mapping[str, Sequence[CollectionSpec]] = {
    "intake": INTAKE,
    "scoring": (*SCORING, *REGISTRY),
    "notify": (*NOTIFY, *REGISTRY),
}
WAIT_S = 60.0


class Pinged(Protocol):
    """The part of a store that is waited for."""

    def ping(self) -> None:
        """Raise StoreUnavailable while it does not answer."""


def migrate(service: str, environ: Mapping[str, str], wait_s: float = 0.0) -> list[str]:
    """Create collections and indexes of one service; return one line per change.

    Waits up to `wait_s` for the database to answer. Raises StoreUnavailable.
    """
    store = open_store(environ["MONGODB_URI"])
    try:
        wait_for(store, service, wait_s)
        return store.migrate(SPECS[service])
    finally:
        store.close()


def wait_for(store: Pinged, service: str, wait_s: float) -> None:
    """Return when the database answers; says once that it does not yet. Raises StoreUnavailable."""
    deadline, told = time.monotonic() + wait_s, False
    while True:
        try:
            return store.ping()
        except StoreUnavailable as away:
            if time.monotonic() >= deadline:
                raise
            if not told:
                print(f"{service}: waiting up to {wait_s:.0f} s for the database ({away})", flush=True)
            told = True
            time.sleep(0.5)


def main() -> int:
    """Migrate all three databases; `KEYS` names the folder with a folder for each service, its address inside."""
    for service in SPECS:
        uri = (Path(os.environ["KEYS"]) / service / "mongodb_uri").read_text(encoding="utf-8").strip()
        try:
            changes = migrate(service, {"MONGODB_URI": uri}, WAIT_S)
        except StoreUnavailable as away:
            print(f"{service}: the database does not answer within {WAIT_S:.0f} s: {away}", file=sys.stderr)
            return 1
        for change in changes or ["nothing to do"]:
            print(f"{service}: {change}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
