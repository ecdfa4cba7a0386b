"""What pages and API show, as far as the reader may see it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

from services.scoring.domain.aggregates import FEWEST_SITES, Aggregate, aggregate
from services.scoring.domain.cells import EVERY_SITE, CellKey
from services.scoring.handlers.definitions import site_codes, timeline
from services.scoring.handlers.explaining import Explaining
from services.scoring.ports import Cells, Definitions, SiteFlags, Work
from shared.errors import Bilingual, Forbidden, NotFound, unknown
from shared.programme.model import SEVERITIES, Flag, Indicator, Programme, Texts, Wave
from shared.registry import sees_flag, sees_site
from shared.store.port import Document

Roles = Callable[[str, str | None], Set[str]]
_NO_ROLE = Bilingual("Your account has no role for this programme.", "Ihr Konto hat keine Rolle für dieses Programm.")
_NO_FIGURES = Bilingual(
    "Your account may not see the figures of this site.", "Ihr Konto darf die Werte dieses Standorts nicht sehen."
)


@dataclass(frozen=True)
class Filters:
    """Which flags to list; "" = all."""

    state: str = ""
    site: str = ""
    severity: str = ""
    wave: str = ""
    flag: str = ""

    def take(self, entry: Mapping[str, Any]) -> bool:
        """Return whether an episode passes (the site is not in it)."""
        wanted = {"state": self.state, "severity": self.severity, "wave": self.wave, "flag": self.flag}
        return all(not value or entry[name] == value for name, value in wanted.items())


class Reading:
    """Reads for somebody: `roles(programme, site)` are the roles that person holds there (site None: anywhere)."""

    def __init__(
        self,
        definitions: Definitions,
        cells: Cells,
        flags: SiteFlags,
        explaining: Explaining,
        work: Work,
        late_after_s: float,
    ) -> None:
        self._definitions, self._cells, self._flags = definitions, cells, flags
        self._work, self._late_after_s = work, late_after_s
        self.explaining = explaining

    def programmes(self, roles: Roles) -> list[Programme]:
        """Return the programmes somebody may see anything of."""
        return [one for one in self._definitions.programmes() if self._welcome(roles, one.id)]

    def programme(self, roles: Roles, id_: str) -> Programme:
        """Return a programme. Raises NotFound, Forbidden."""
        found = self._definitions.programme(id_)
        if not self._welcome(roles, id_):
            raise Forbidden(_NO_ROLE)
        return found

    def waves(self, programme: Programme) -> tuple[Wave, ...]:
        """Return the programme's waves in order."""
        return timeline(programme, self._definitions)

    def sites(self, roles: Roles, programme: Programme) -> dict[str, Texts]:
        """Return code and name of the sites whose figures somebody may see."""
        codes = [code for code in site_codes(programme, self._definitions) if sees_site(roles(programme.id, code))]
        return {code: self._name(programme, code) for code in codes}

    def site(self, roles: Roles, programme: Programme, code: str) -> Texts:
        """Return the name of a site whose figures somebody may see. Raises NotFound, Forbidden."""
        if code not in site_codes(programme, self._definitions):
            raise unknown("site", code)
        if not sees_site(roles(programme.id, code)):
            raise Forbidden(_NO_FIGURES)
        return self._name(programme, code)

    def cells(self, programme: Programme, site: str) -> dict[str, Document]:
        """Return a site's cells by wave, in order of time."""
        codes = [wave.code for wave in self.waves(programme)]
        return {cell["wave"]: cell for cell in self._cells.of_site(programme.id, site, codes)}

    def waiting(self, programme: Programme, site: str) -> list[tuple[Wave, str]]:
        """Return the waves of a site whose news have waited for too long to be computed, and since when."""
        waves = self.waves(programme)
        since = self._work.waiting([CellKey(programme.id, site, wave.code) for wave in waves], self._late_after_s)
        return [(wave, since[wave.code]) for wave in waves if wave.code in since]

    def cell(self, programme: Programme, site: str, wave: str) -> Document | None:
        """Return one cell, None if nothing is known."""
        return self._cells.get(CellKey(programme.id, site, wave))

    def progress(self, programme: Programme, site: str) -> dict[str, Any]:
        """Return per wave and form how far a site's reports are."""
        found = self._flags.get(programme.id, site)
        return {} if found is None else dict(found["waves"])

    def flags(self, roles: Roles, programme: Programme, wanted: Filters) -> list[dict[str, Any]]:
        """Return the episodes somebody may see, by site and wave, each with `site` and `episode_id`."""
        if wanted.site and wanted.site != EVERY_SITE:
            self.site(roles, programme, wanted.site)
        codes = [wanted.site] if wanted.site else [*self.sites(roles, programme), EVERY_SITE]
        found = []
        for code in codes:
            document = self._flags.get(programme.id, code)
            where = None if code == EVERY_SITE else code
            held = roles(programme.id, where)
            for id_, entry in (document or {}).get("episodes", {}).items():
                if wanted.take(entry) and _sees(held, rule_of(programme, entry["flag"]), where):
                    found.append({**entry, "episode_id": id_, "site": code})
        return sorted(found, key=_by_site_and_wave)

    def episode(self, roles: Roles, id_: str) -> tuple[Programme, Document, dict[str, Any]]:
        """Return programme, flags document and entry of an episode. Raises NotFound also where it may not be seen."""
        document = self.explaining.episode(id_)
        programme, site = self._definitions.programme(document["programme"]), document["site"]
        entry = document["episodes"][id_]
        where = None if site == EVERY_SITE else site
        if not _sees(roles(programme.id, where), rule_of(programme, entry["flag"]), where):
            raise unknown("flag", id_)
        return programme, document, {**entry, "episode_id": id_, "site": site}

    def detail(self, programme: Programme, entry: Mapping[str, Any]) -> dict[str, Any]:
        """Return `explanation` and `values` of an episode as `flags` or `episode` gave it."""
        return self.explaining.detail(programme.id, entry["site"], entry["episode_id"], dict(entry))

    def indicators(self, roles: Roles, programme: Programme, site: str | None) -> list[Indicator]:
        """Return the indicators somebody may see of a site; site None: over all sites."""
        held = roles(programme.id, site)
        return [one for one in programme.indicators if sees_flag(held, one.audience, one.hidden_from, site)]

    def aggregates(self, roles: Roles, programme: Programme, wave: Wave) -> list[Aggregate]:
        """Return the indicators of a wave over all sites."""
        cells = [self.cell(programme, code, wave.code) for code in site_codes(programme, self._definitions)]
        records: Mapping[str, list[Any]] = {
            one.id: [cell["values"][one.id] for cell in cells if cell is not None and one.id in cell["values"]]
            for one in self.indicators(roles, programme, None)
            if one.form in wave.forms
        }
        return [aggregate(programme, programme.indicator(name), found) for name, found in records.items()]

    def prevalence(self, roles: Set[str], programme: Programme) -> list[tuple[Flag, int]]:
        """Return the rules open at three sites or more, with the number of sites, most frequent first."""
        counts: dict[str, int] = {}
        for code in site_codes(programme, self._definitions):
            document = self._flags.get(programme.id, code) or {}
            for flag in {e["flag"] for e in document.get("episodes", {}).values() if e["state"] == "raised"}:
                counts[flag] = counts.get(flag, 0) + 1
        known = [(flag, counts[flag.id]) for flag in programme.flags if counts.get(flag.id, 0) >= FEWEST_SITES]
        return sorted((one for one in known if _sees(roles, one[0], None)), key=lambda one: (-one[1], one[0].id))

    def completeness(self, programme: Programme) -> dict[str, dict[str, int]]:
        """Return per wave and form how many sites have a complete report."""
        found: dict[str, dict[str, int]] = {}
        for code in site_codes(programme, self._definitions):
            for wave, reports in self.progress(programme, code).items():
                for form, report in reports.items():
                    done = found.setdefault(wave, {})
                    done[form] = done.get(form, 0) + bool(report["complete"])
        return found

    def site_count(self, programme: Programme) -> int:
        """Return the number of active sites."""
        return len(site_codes(programme, self._definitions))

    def _welcome(self, roles: Roles, programme: str) -> bool:
        return bool(sees_site(held := roles(programme, None)) or "lead" in held)

    def _name(self, programme: Programme, code: str) -> Texts:
        try:
            name: Texts = self._definitions.site(programme.id, code)["name"]
        except NotFound:
            name = programme.site(code).name
        return name


def rule_of(programme: Programme, flag_id: str) -> Flag | None:
    """Return a rule, None if the programme no longer has it."""
    return next((flag for flag in programme.flags if flag.id == flag_id), None)


def _sees(roles: Set[str], flag: Flag | None, site: str | None) -> bool:
    """Return whether the roles held there may know of a rule; one no longer defined is for evaluators."""
    audience, hidden_from = (flag.audience, flag.hidden_from) if flag else ("evaluator", ())
    return sees_flag(roles, audience, hidden_from, site)


def worst_first(entries: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return episodes with the most severe first, then the oldest."""
    return sorted(entries, key=lambda entry: (-SEVERITIES.index(entry["severity"]), entry["sequence"], entry["flag"]))


def _by_site_and_wave(entry: Mapping[str, Any]) -> tuple[str, int, str]:
    return f"{entry['site']}/", entry["sequence"], entry["episode_id"]
