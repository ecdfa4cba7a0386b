"""The calendar: waves open and close by the clock, overdue reports are told once per threshold."""

from __future__ import annotations

from services.intake.domain.overdue import complete, days_late, reached, thresholds
from services.intake.domain.submission import Place
from services.intake.domain.waves import calendar, wave_data
from services.intake.handlers.desk import Desk
from services.intake.handlers.state import State, establish
from services.intake.handlers.submit import Submissions
from services.intake.ports import OVERDUE
from shared.events import Event, derived_id
from shared.outbox import stage
from shared.programme.model import Programme, Wave
from shared.registry.registry import WAVES
from shared.store.port import Duplicate


class WaveCalendar:
    """Keeps every wave's document in step with the clock."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def run_once(self) -> int:
        """Open and close what is due in every programme; return how many waves changed."""
        return sum(self.run(programme) for programme in self._desk.registry.programmes())

    def run(self, programme: Programme) -> int:
        """Open and close what is due in one programme; return how many waves changed."""
        return sum(self._keep(programme.id, wave) for wave in programme.waves)

    def _keep(self, programme: str, wave: Wave) -> bool:
        desk = self._desk
        data = wave_data(programme, wave, desk.zone, desk.now())
        id_ = f"{programme}/{wave.code}"
        known = desk.collection(WAVES).get(id_)
        if known is None and data["state"] == "closed":
            data["historic"] = True
        name = "wave.closed" if data["state"] == "closed" else "wave.opened"
        silent = known is None and data["state"] == "planned"
        return establish(desk, State(WAVES, id_, data, programme), None if silent else name)


class OverdueReports:
    """Tells, once per threshold, which site owes which report."""

    def __init__(self, desk: Desk, submissions: Submissions) -> None:
        self._desk = desk
        self._submissions = submissions

    def run_once(self) -> int:
        """Stage `report.overdue` for everything that passed a threshold; return how many."""
        return sum(
            self._wave(programme, wave, form)
            for programme in self._desk.registry.programmes()
            for wave in programme.waves
            for form in wave.forms
        )

    def _wave(self, programme: Programme, wave: Wave, form_id: str) -> int:
        due_at = calendar(wave, self._desk.zone).due_at
        days = reached(due_at, self._desk.now(), thresholds(programme, form_id))
        if not days or self._historic(programme.id, wave.code):
            return 0
        places = [Place(programme.id, form_id, site.code, wave.code) for site in programme.sites]
        untold = [(place, day) for place in places for day in days if not self._told(place, day)]
        late = {place for place, _ in untold if not self._complete(programme, place)}
        return sum(self._tell(place, day, due_at) for place, day in untold if place in late)

    def _historic(self, programme: str, wave: str) -> bool:
        """A wave that had closed before intake ever knew it: nobody is told that its reports are late."""
        known = self._desk.collection(WAVES).get(f"{programme}/{wave}")
        return known is None or bool(known.get("historic"))

    def _told(self, place: Place, day: int) -> bool:
        return self._desk.collection(OVERDUE).get(_overdue_id(place, day)) is not None

    def _complete(self, programme: Programme, place: Place) -> bool:
        where = {"programme": place.programme, "wave": place.wave, "form": place.form, "site": place.site}
        answers = [submission.answers for submission in self._submissions.newest(where)]
        return complete(programme.form(place.form), answers)

    def _tell(self, place: Place, day: int, due_at: str) -> int:
        now, id_ = self._desk.now(), _overdue_id(place, day)
        data = {
            "programme": place.programme,
            "site": place.site,
            "wave": place.wave,
            "form": place.form,
            "days_overdue": days_late(due_at, now),
            "due_at": due_at,
        }
        event = Event(
            name="report.overdue",
            subject=f"{place.programme}/{place.site}",
            source="intake",
            id=derived_id("report.overdue", id_),
            time=now,
            origin=f"{OVERDUE.name}/{id_}",
            data=data,
        )
        try:
            self._desk.collection(OVERDUE).insert({"_id": id_, **data, "threshold": day, **stage(None, [event], now)})
        except Duplicate:
            return 0
        return 1


def _overdue_id(place: Place, day: int) -> str:
    return derived_id("overdue", place.programme, place.site, place.wave, place.form, day)
