"""Compiled programmes, once per revision, and the sites and waves they are applied to."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

from services.scoring.domain.naming import Speaker
from services.scoring.domain.plan import build_plan
from services.scoring.ports import Definitions
from shared.errors import NotFound
from shared.programme.model import Programme, Wave


class Speakers:
    """Hands out a programme's compiled newest revision. Safe to share between threads."""

    def __init__(self, definitions: Definitions) -> None:
        self._definitions = definitions
        self._known: dict[str, Speaker] = {}
        self._lock = threading.Lock()

    def of(self, programme_id: str) -> Speaker:
        """Return the compiled programme. Raises NotFound."""
        revision = self._definitions.revision(programme_id)
        with self._lock:
            known = self._known.get(programme_id)
            if known is None or known.plan.revision != revision:
                known = Speaker(build_plan(self._definitions.programme(programme_id), revision))
                self._known[programme_id] = known
            return known


def timeline(programme: Programme, definitions: Definitions) -> tuple[Wave, ...]:
    """Return the programme's waves in order; a wave published apart from the definition is added."""
    known = {wave.code: wave for wave in programme.waves}
    for published in definitions.waves(programme.id):
        code = published["wave"]
        if code not in known:
            known[code] = Wave(
                code=code,
                sequence=published["sequence"],
                label={"de": code, "en": code},
                forms=tuple(published["forms"]),
                starts_on=_day(published, "starts_on", "opens_at"),
                ends_on=_day(published, "ends_on", "closes_at"),
                opens_on=_day(published, "opens_at"),
                due_on=_day(published, "due_at"),
                closes_on=_day(published, "closes_at"),
                features=published["features"],
            )
    return tuple(sorted(known.values(), key=lambda wave: (wave.sequence, wave.code)))


def _day(published: Mapping[str, object], *names: str) -> str:
    return next((str(published[name])[:10] for name in names if published.get(name)), "1970-01-01")


def features(programme: Programme, definitions: Definitions, site: str) -> dict[str, str]:
    """Return a site's features: as last published, else as the definition has them."""
    try:
        return features_of(definitions.site(programme.id, site))
    except NotFound:
        return next((dict(one.features) for one in programme.sites if one.code == site), {})


def features_of(site: Mapping[str, Any]) -> dict[str, str]:
    """Return the features of a published site as text."""
    return {name: str(value) for name, value in site["features"].items() if value is not None}


def site_codes(programme: Programme, definitions: Definitions) -> list[str]:
    """Return the codes of the active sites: as published, else as the definition has them."""
    published = definitions.sites(programme.id)
    return sorted(site["site"] for site in published) or sorted(site.code for site in programme.sites)
