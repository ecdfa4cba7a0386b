"""Pages made from code: `python -m tests.rules.generated write` writes them, a test compares them."""

from __future__ import annotations

import sys
from pathlib import Path

from marshmallow import Schema, fields
from prometheus_client import Counter, Gauge, Histogram

from deploy.local.config import LocalSettings
from services.intake.config import IntakeSettings
from services.notify.config import NotifySettings
from services.scoring.config import ScoringSettings
from shared.bus.topology import awaiting, consumers
from shared.event_data import SCHEMAS
from shared.runtime import metrics as declared
from shared.runtime.settings import documented

DOCS = Path(__file__).parents[2] / "docs"


def configuration() -> str:
    """Return docs/CONFIGURATION.md."""
    parts = [
        "# Settings\n",
        "Environment variables. Each also exists as `<NAME>_FILE`, naming a file that holds the value. A wrong or "
        "missing one stops the start and every problem is listed. This page is generated (`make docs`).\n",
        "## The services\n",
        documented(IntakeSettings, ScoringSettings, NotifySettings),
        "## The embedded deployment (`make run`)\n",
        documented(LocalSettings),
    ]
    return "\n".join(parts)


def events() -> str:
    """Return docs/EVENTS.md."""
    parts = [
        "# Events\n",
        "CloudEvents 1.0 in structured JSON: `type` is `peilung.<name>.v<version>`, the routing key is the name, "
        "`source` the service. Events carry state; a consumer keeps the highest revision, so redelivery and "
        "reordering change nothing. Fields may be added; anything else is a new version. `origin` names the document "
        "that holds the event until everybody who must has handled it. This page is generated (`make docs`).\n",
    ]
    for (name, version), schema in SCHEMAS.items():
        parts.append(f"## {name} v{version}\n")
        parts.append(f"Consumed by {_list(consumers(name))}; confirmed by {_list(awaiting(name))}.\n")
        parts.append(_table(schema))
    return "\n".join(parts)


def metrics() -> str:
    """Return docs/METRICS.md."""
    parts = [
        "# Metrics\n",
        "What a worker serves in the Prometheus format at `METRICS_PORT`; when to worry: "
        "[OPERATIONS.md](OPERATIONS.md#health). Of a histogram there are `…_count`, `…_sum` and `…_bucket`. "
        "This page is generated (`make docs`).\n",
    ]
    rows = ["| metric | kind | labels | says |", "|---|---|---|---|"]
    for metric in vars(declared).values():
        if isinstance(metric, Counter | Gauge | Histogram):
            (told,) = metric.describe()
            name = f"{told.name}_total" if told.type == "counter" else told.name
            labels = ", ".join(f"`{label}`" for label in metric._labelnames)
            rows.append(f"| `{name}` | {told.type} | {labels} | {told.documentation} |")
    return "\n".join([*parts, *rows]) + "\n"


def _list(services: tuple[str, ...]) -> str:
    return ", ".join(services) or "nobody"


def _table(schema: Schema) -> str:
    rows = ["| field | type | null |", "|---|---|---|"]
    for name, field in schema.fields.items():
        rows.append(f"| `{name}` | {_kind(field)} | {'yes' if field.allow_none else 'no'} |")
    return "\n".join(rows) + "\n"


def _kind(field: fields.Field[object]) -> str:
    if isinstance(field, fields.List):
        return f"list of {_kind(field.inner)}"
    if isinstance(field, fields.Nested):
        return "{" + ", ".join(field.schema.fields) + "}"
    if isinstance(field, fields.Dict):
        return "object"
    return {"String": "text", "_Whole": "whole number", "_Flag": "true or false", "_Number": "number"}.get(
        type(field).__name__, "text or number"
    )


PAGES = {"CONFIGURATION.md": configuration, "EVENTS.md": events, "METRICS.md": metrics}


def main() -> None:
    """Write every generated page."""
    for name, page in PAGES.items():
        (DOCS / name).write_text(page(), encoding="utf-8")
        print(f"wrote docs/{name}")


if __name__ == "__main__" and sys.argv[1:] == ["write"]:
    main()
