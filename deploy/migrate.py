"""`python -m deploy.migrate`: creates what each service's database lacks. Idempotent."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from services.intake.ports import COLLECTIONS as INTAKE
from services.notify.documents import COLLECTIONS as NOTIFY
from services.scoring.ports import COLLECTIONS as SCORING
from shared.registry import COLLECTIONS as REGISTRY
from shared.store import open_store
from shared.store.port import CollectionSpec

SPECS: Mapping[str, Sequence[CollectionSpec]] = {
    "intake": INTAKE,
    "scoring": (*SCORING, *REGISTRY),
    "notify": (*NOTIFY, *REGISTRY),
}


def migrate(service: str, environ: Mapping[str, str]) -> list[str]:
    """Create collections and indexes of one service; return one line per change."""
    store = open_store(environ["MONGODB_URI"])
    try:
        return store.migrate(SPECS[service])
    finally:
        store.close()


def main() -> int:
    """Migrate all three databases; `KEYS` names the folder with their addresses."""
    for service in SPECS:
        uri = (Path(os.environ["KEYS"]) / f"{service}_mongodb_uri").read_text(encoding="utf-8").strip()
        for change in migrate(service, {"MONGODB_URI": uri}) or ["nothing to do"]:
            print(f"{service}: {change}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
