"""One site through its waves, as the expressions ask about it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from services.scoring.domain.answers import NOT_ASKED, Progress, ResponseRow, progress
from services.scoring.domain.cells import CellInputs
from services.scoring.domain.plan import Plan
from shared.expressions import Missing, Reason, Result, Row, Scale
from shared.programme.model import Wave

NO_DATA = Missing(Reason.NO_DATA)
Values = Mapping[str, Result]


@dataclass(frozen=True)
class Peer:
    """Another site in one wave: its features and its visible values."""

    features: Mapping[str, str]
    values: Mapping[str, float]


@dataclass
class World:
    """Everything a site's expressions may look at.

    `waves` are in order of sequence. `inputs`, `values` and `peers` give, per wave code, the site's raw
    inputs, its stored indicator values (empty if never computed) and the other sites.
    """

    plan: Plan
    features: Mapping[str, str]
    waves: Sequence[Wave]
    inputs: Callable[[str], CellInputs]
    values: Callable[[str], Values]
    peers: Callable[[str], Sequence[Peer]]
    _rows: dict[tuple[str, str], list[Row]] = field(default_factory=dict)

    def rows(self, wave: str, form_id: str) -> list[Row]:
        """Return the respondents of a form in a wave."""
        key = (wave, form_id)
        if key not in self._rows:
            coding = self.plan.coding[form_id]
            responses = self.inputs(wave).of_form(self.plan.programme.form(form_id))
            self._rows[key] = [ResponseRow(response, coding) for response in responses]
        return self._rows[key]

    def progress(self, wave: str, form_id: str) -> Progress:
        """Return how far the site's report of a form is in a wave."""
        form, inputs = self.plan.programme.form(form_id), self.inputs(wave)
        return progress(form, inputs.of_form(form), inputs.days_overdue(form_id))


class SiteContext:
    """A site in one wave, seen from one form; `own` gives the values of the wave being computed."""

    def __init__(self, world: World, at: int, form: str, own: Callable[[str], Result] | None) -> None:
        self._world, self._at, self._form, self._own = world, at, form, own
        self._wave = world.waves[at]

    def rows(self, question: str | None = None, /) -> Sequence[Row]:
        """Return the respondents of the form that holds the question, or of this context's form."""
        form = self._form if question is None else self._world.plan.form_of.get(question, "")
        return self._world.rows(self._wave.code, form) if form in self._wave.forms else []

    def scale(self, scale_id: str, /) -> Scale:
        """Return a scale of the programme."""
        return self._world.plan.scales[scale_id]

    def indicator(self, name: str, /) -> Result:
        """Return an indicator's value at this site in this wave."""
        if self._own is not None:
            return self._own(name)
        return self._world.values(self._wave.code).get(name, NO_DATA)

    def at(self, offset: int, /) -> SiteContext | None:
        """Return the context `offset` waves back, counting waves that field this context's form."""
        fielded = [index for index in range(self._at, -1, -1) if self._form in self._world.waves[index].forms]
        back = offset if fielded and fielded[0] == self._at else offset - 1
        if offset == 0:
            return self
        return self._moved(fielded[back]) if 0 <= back < len(fielded) else None

    def asked_back(self) -> Iterator[SiteContext]:
        """Yield this wave, then all earlier ones of the programme."""
        yield self
        for index in range(self._at - 1, -1, -1):
            yield self._moved(index)

    def site(self, feature: str, /) -> str | float | Missing:
        """Return a feature of the site, as written."""
        return _given(self._world.features, feature)

    def wave(self, feature: str, /) -> str | float | Missing:
        """Return a feature of the wave, as written."""
        return _given(self._wave.features, feature)

    def peers(self, indicator: str, group_feature: str | None = None, /) -> Sequence[float]:
        """Return the other sites' values in this wave, of all or of those alike in the feature."""
        mine = None if group_feature is None else _given(self._world.features, group_feature)
        if isinstance(mine, Missing):
            return []
        return [
            peer.values[indicator]
            for peer in self._world.peers(self._wave.code)
            if indicator in peer.values and (group_feature is None or peer.features.get(group_feature) == mine)
        ]

    def days_overdue(self, form: str, /) -> int | Missing:
        """Return the days a report is overdue in this wave, as far as reported; 0 once it is complete."""
        if form not in self._wave.forms:
            return NOT_ASKED
        return self._world.progress(self._wave.code, form).overdue or 0

    @property
    def reference_date(self) -> date:
        """The last day of the wave's period."""
        return date.fromisoformat(self._wave.ends_on)

    @property
    def min_peers(self) -> int:
        """How many other sites a comparison takes."""
        return self._world.plan.programme.peers.min

    @property
    def peers_enabled(self) -> bool:
        """Whether sites may be compared at all."""
        return self._world.plan.programme.peers.enabled

    def _moved(self, index: int) -> SiteContext:
        return self if index == self._at else SiteContext(self._world, index, self._form, None)


def _given(features: Mapping[str, str | float], name: str) -> str | float | Missing:
    """Return a feature; what is absent or left empty is missing, 0 is not."""
    value = features.get(name)
    return NO_DATA if value is None or value == "" else value
