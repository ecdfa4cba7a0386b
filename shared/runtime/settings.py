"""Settings from the environment: typed, documented, all problems reported together."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar, get_type_hints

from shared.errors import ConfigError

T = TypeVar("T")
_MISSING = dataclasses.MISSING


def setting(
    env: str,
    doc: str,
    *,
    default: Any = _MISSING,
    secret: bool = False,
    min_length: int = 0,
    within: tuple[int, int] | None = None,
) -> Any:
    """Declare one setting: a dataclass field read from `env` (or from the file `<env>_FILE` names).

    `doc` is one line for the configuration page. Without a default the setting is required.
    `min_length` refuses short secrets, `within` whole numbers below the first or above the second.
    """
    metadata = {"env": env, "doc": doc, "secret": secret, "min_length": min_length, "within": within}
    if default is _MISSING:
        return dataclasses.field(metadata=metadata)
    return dataclasses.field(default=default, metadata=metadata)


@dataclass(frozen=True, kw_only=True)
class CommonSettings:
    """What every service is told."""

    store_url: str = setting("MONGODB_URI", "Document store: `mongodb://…`, or `sqlite:///` and a file's full path")
    bus_url: str = setting("AMQP_URL", "Message bus: `amqp://…`, or `sqlite:///` and a file's full path")
    secret_key: str = setting(
        "SECRET_KEY", "Signs cookies and links; at least 32 characters", secret=True, min_length=32
    )
    public_url: str = setting(
        "PUBLIC_URL", "Address of the platform in links; empty = `http://localhost` with the port of PEILUNG_PORT"
    )
    port: int = setting("PEILUNG_PORT", "Port at which people reach the platform on this machine", default=8080)
    log_level: str = setting("LOG_LEVEL", "debug, info, warning or error", default="info")
    heartbeat_file: str = setting("HEARTBEAT_FILE", "File a worker touches while it is alive; empty = none", default="")
    secure_cookies: bool = setting("SECURE_COOKIES", "Send cookies over https only (true or false)", default=True)
    api_rate: int = setting(
        "API_RATE", "API requests a key may send to a process in a minute; 0 = no limit", default=6000
    )
    late_after_s: float = setting(
        "LATE_AFTER_S",
        "Seconds without a worker at the bus after which pages say so; 30 or more",
        default=120.0,
    )
    metrics_port: int = setting("METRICS_PORT", "Port of the metrics page on every interface; 0 = off", default=0)
    resend_s: float = setting(
        "OUTBOX_RESEND_S", "An event nobody confirmed is sent again after; then ever later, up to an hour", default=60.0
    )

    @property
    def base_url(self) -> str:
        """Where links lead, without a slash at the end."""
        return (self.public_url or f"http://localhost:{self.port}").rstrip("/")


def load(cls: type[T], environ: Mapping[str, str]) -> T:
    """Build the settings dataclass from the environment. Raises ConfigError naming every problem."""
    hints = get_type_hints(cls)
    values: dict[str, Any] = {}
    problems: list[str] = []
    for spec in dataclasses.fields(cls):  # type: ignore[arg-type]
        try:
            raw = _raw(environ, spec.metadata["env"])
            if raw is not None:
                values[spec.name] = _typed(raw, hints[spec.name], spec.metadata)
            elif spec.default is _MISSING:
                raise ValueError(f"is not set: {spec.metadata['doc']}")
        except (ValueError, OSError) as error:
            problems.append(f"{spec.metadata['env']} {error}")
    if problems:
        raise ConfigError(problems)
    return cls(**values)


def _raw(environ: Mapping[str, str], env: str) -> str | None:
    file = environ.get(f"{env}_FILE")
    if file and env in environ:
        raise ValueError(f"and {env}_FILE are both set; keep one")
    if file:
        try:
            return Path(file).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise ValueError(f"cannot be read from the file in {env}_FILE: {error.strerror}") from error
    return environ.get(env)


def _typed(raw: str, kind: Any, metadata: Mapping[str, Any]) -> Any:
    if len(raw) < metadata["min_length"]:
        raise ValueError(f"is too short: at least {metadata['min_length']} characters")
    if kind is bool:
        if raw not in ("true", "false"):
            raise ValueError("must be true or false")
        return raw == "true"
    if metadata["within"]:
        low, high = metadata["within"]
        if not raw.isdecimal() or not low <= int(raw) <= high:
            raise ValueError(f"must be a whole number from {low} to {high}, not {raw!r}")
    if kind in (int, float):
        try:
            return kind(raw)
        except ValueError:
            raise ValueError(f"must be a number, not {raw!r}") from None
    return raw


def documented(*classes: type[Any]) -> str:
    """Return the configuration page: one Markdown table of every setting, in order of declaration."""
    rows = ["| variable | default | meaning |", "|---|---|---|"]
    seen: set[str] = set()
    for cls in classes:
        for spec in dataclasses.fields(cls):
            env = spec.metadata["env"]
            if env not in seen:
                seen.add(env)
                rows.append(f"| `{env}` | {_default(spec)} | {spec.metadata['doc']} |")
    return "\n".join(rows) + "\n"


def _default(spec: dataclasses.Field[Any]) -> str:
    if spec.default is _MISSING:
        return "required"
    shown = str(spec.default).lower() if isinstance(spec.default, bool) else str(spec.default)
    return f"`{shown}`" if shown else "(empty)"
