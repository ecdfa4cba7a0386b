"""A form through all published versions of its programme: what it asked, when and where it was answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from shared.programme.model import Form, Programme, Site, Wave


@dataclass(frozen=True)
class History:
    """A form in all its versions, newest first, with every wave that ever fielded it and every site there ever was."""

    versions: tuple[Form, ...]
    waves: tuple[Wave, ...]
    sites: tuple[Site, ...]
    min_n: int

    @property
    def form(self) -> Form:
        """The newest version; anonymous, or answered by many, if any version was."""
        many = any(form.respondents == "many" for form in self.versions)
        anonymous = any(form.anonymous for form in self.versions)
        return replace(self.versions[0], anonymous=anonymous, respondents="many" if many else "one")


def histories(editions: Sequence[Programme]) -> dict[str, History]:
    """Return the history of every form by id; `editions` are all versions of one programme, newest first."""
    sites: dict[str, Site] = {}
    versions: dict[str, dict[str, Form]] = {}
    waves: dict[str, Wave] = {}
    fielded: dict[str, set[str]] = {}
    for edition in editions:
        for form in edition.forms:
            versions.setdefault(form.id, {}).setdefault(form.version, form)
        for site in edition.sites:
            sites.setdefault(site.code, site)
        for wave in edition.waves:
            waves.setdefault(wave.code, wave)
            for id_ in wave.forms:
                fielded.setdefault(id_, set()).add(wave.code)
    in_order = sorted(waves.values(), key=lambda wave: (wave.sequence, wave.code))
    return {
        id_: History(
            tuple(known.values()),
            tuple(wave for wave in in_order if wave.code in fielded.get(id_, ())),
            tuple(sites.values()),
            editions[0].min_n,
        )
        for id_, known in versions.items()
    }
