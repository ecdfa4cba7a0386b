"""Practice waves: something to answer in the months when a programme's own waves are all closed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from services.intake.domain.waves import calendar, open_wave
from shared.programme.model import Programme, Wave

DUE_AFTER, CLOSES_AFTER = timedelta(days=60), timedelta(days=100)


def with_practice(programme: Programme, zone: str, now: str) -> Programme:
    """Return the programme with a wave, open since the first of this month, for forms that cannot be answered now.

    It comes after the waves that have begun. Its name and the version's say when and for which forms it was made,
    so that the same version always means the same. The programme itself when every form has an open wave.
    """
    idle = tuple(form.id for form in programme.forms if open_wave(programme, form.id, zone, now) is None)
    if not idle:
        return programme
    begun = [wave for wave in programme.waves if calendar(wave, zone).state(now) != "planned"]
    last = max((wave.sequence for wave in begun), default=0)
    wave = _practice(programme, idle, datetime.fromisoformat(now).astimezone(ZoneInfo(zone)).date(), last + 1)
    earlier = [one for one in programme.waves if one.sequence <= last]
    later = [replace(one, sequence=one.sequence + 1) for one in programme.waves if one.sequence > last]
    version = "-".join((programme.version, wave.code, *idle))
    return replace(programme, version=version, waves=(*earlier, wave, *later))


def _practice(programme: Programme, forms: tuple[str, ...], today: date, sequence: int) -> Wave:
    first = today.replace(day=1)
    like = [one for one in programme.waves if set(one.forms) & set(forms)]
    return Wave(
        code=f"{first:%Y}-P{first:%m}",
        sequence=sequence,
        label={"de": f"Probeerhebung {first:%m/%Y}", "en": f"Practice wave {first:%m/%Y}"},
        forms=forms,
        starts_on=f"{first}",
        ends_on=f"{first + DUE_AFTER}",
        opens_on=f"{first}",
        due_on=f"{first + DUE_AFTER}",
        closes_on=f"{first + CLOSES_AFTER}",
        features={key: value for one in like for key, value in one.features.items()},
    )
