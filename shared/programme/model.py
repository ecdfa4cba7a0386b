"""A programme as immutable values: what is asked, measured, flagged and offered.

Texts in several languages are mappings language code -> text (`{"de": …, "en": …}`).
Expressions are source text, already checked; consumers compile them once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Texts = Mapping[str, str]
Severity = Literal["info", "warn", "critical"]
SEVERITIES: tuple[Severity, ...] = ("info", "warn", "critical")


@dataclass(frozen=True)
class Choice:
    """One option of a list; `columns` are further columns usable in a choice filter."""

    name: str
    label: Texts
    columns: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Question:
    """One XLSForm row that holds a value.

    `type` is the XLSForm type without its list (`integer`, `decimal`, `text`, `select_one`,
    `select_multiple`, `date`, `calculate`, `hidden`, `note`, …). Expressions are None when absent;
    `required` and `readonly` are expressions too (`true()`). `coded` answers may leave intake.
    """

    name: str
    type: str
    label: Texts = field(default_factory=dict)
    hint: Texts = field(default_factory=dict)
    list_name: str | None = None
    relevant: str | None = None
    constraint: str | None = None
    constraint_message: Texts = field(default_factory=dict)
    required: str | None = None
    required_message: Texts = field(default_factory=dict)
    readonly: str | None = None
    calculation: str | None = None
    default: str | None = None
    choice_filter: str | None = None
    appearance: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)

    @property
    def coded(self) -> bool:
        """True when the answer is a code, number or date, and so may travel in events."""
        return self.type in CODED_TYPES

    @property
    def asked(self) -> bool:
        """True when a person is asked (not hidden, calculated or a note)."""
        return self.type not in ("hidden", "calculate", "note")


CODED_TYPES = frozenset(
    {"integer", "decimal", "range", "select_one", "select_multiple", "rank", "date", "time", "dateTime", "calculate",
     "acknowledge"}
)  # fmt: skip


@dataclass(frozen=True)
class Group:
    """A page of questions; groups nest. `relevant` hides everything inside."""

    name: str
    label: Texts
    items: tuple[Question | Group, ...]
    relevant: str | None = None
    appearance: str = ""


@dataclass(frozen=True)
class Form:
    """One questionnaire version. Items outside any group stand in `items` in sheet order.

    `respondents`: `one` (one answer per site and wave) or `many`. `anonymous`: no link between a
    person and the answers. A site's report is complete with `complete_min` submissions, which must
    include, per question of `complete_with`, every listed choice.
    `missing` are choice names that mean "cannot say" and count as missing in indicators.
    """

    id: str
    version: str
    title: Texts
    default_language: str
    languages: tuple[str, ...]
    items: tuple[Question | Group, ...]
    choices: Mapping[str, tuple[Choice, ...]]
    respondents: Literal["one", "many"] = "one"
    anonymous: bool = False
    complete_min: int = 1
    complete_with: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    minutes: int | None = None
    missing: tuple[str, ...] = ()

    def questions(self) -> tuple[Question, ...]:
        """Return every question in sheet order, whatever its depth."""
        return tuple(_flatten(self.items))

    def question(self, name: str) -> Question:
        """Return the question with this name. Raises KeyError."""
        for question in self.questions():
            if question.name == name:
                return question
        raise KeyError(name)


def _flatten(items: tuple[Question | Group, ...]) -> list[Question]:
    found: list[Question] = []
    for item in items:
        if isinstance(item, Question):
            found.append(item)
        else:
            found.extend(_flatten(item.items))
    return found


@dataclass(frozen=True)
class Scale:
    """Likert items scored 0–100: mean of valid items after recoding, at least `min_valid` of them."""

    id: str
    items: tuple[str, ...]
    reversed: tuple[str, ...]
    range: tuple[float, float]
    missing: tuple[str, ...]
    min_valid: int


@dataclass(frozen=True)
class Target:
    """What counts as good: bounds (inclusive), or better than the median of the peers."""

    min: float | None = None
    max: float | None = None
    peer_median: bool = False


@dataclass(frozen=True)
class Indicator:
    """One indicator. `value` is an indicator expression; `valid_when` (None = always) must hold, else
    the value is missing with reason SMALL_N. `form` is the questionnaire it is measured with; it is
    computed in waves that field the form. `min_n` is the smallest number of respondents shown.
    """

    id: str
    label: Texts
    form: str
    value: str
    unit: str = ""
    good: Literal["up", "down", "range"] = "up"
    target: Target | None = None
    level: Literal["", "input", "activity", "output", "outcome", "impact"] = ""
    step: int | None = None
    criterion: str = ""
    decimals: int = 1
    min_n: int = 1
    valid_when: str | None = None
    description: Texts = field(default_factory=dict)


@dataclass(frozen=True)
class Flag:
    """One challenge rule.

    `raise_` maps severity -> condition; the highest true severity counts. `clear` is the condition
    that ends an episode (None: no severity's condition holds). Evaluated in waves that field `form`,
    and, when `overdue` is set, as that form's deadline passes: severity -> days after the due date.
    `min_sites` set: a programme-wide flag, raised when the same rule is open at that many sites.
    `audience`: `consultant` (default), `lead` or `evaluator`. `hidden_from`: roles that never see it.
    """

    id: str
    label: Texts
    form: str
    raise_: Mapping[Severity, str] = field(default_factory=dict)
    clear: str | None = None
    overdue: Mapping[Severity, int] = field(default_factory=dict)
    min_sites: int | None = None
    raise_after: int = 1
    clear_after: int = 1
    topic: str | None = None
    support: tuple[str, ...] = ()
    audience: Literal["consultant", "lead", "evaluator"] = "consultant"
    hidden_from: tuple[str, ...] = ()
    kind: Literal["threshold", "change", "peer", "missing", "self_reported", "composite", "quality"] = "threshold"
    description: Texts = field(default_factory=dict)


@dataclass(frozen=True)
class Measure:
    """One support measure of the catalogue."""

    id: str
    label: Texts
    description: Texts = field(default_factory=dict)
    topics: tuple[str, ...] = ()


@dataclass(frozen=True)
class Wave:
    """A planned survey wave: dates are ISO days; `forms` are fielded in it; ordered by `sequence`.

    `starts_on`/`ends_on` bound the reporting period; answers are taken from `opens_on` to `closes_on`
    (inclusive) and expected by `due_on`. `features` are free codes for rules (`half: H1`).
    """

    code: str
    sequence: int
    label: Texts
    forms: tuple[str, ...]
    starts_on: str
    ends_on: str
    opens_on: str
    due_on: str
    closes_on: str
    features: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Site:
    """One site or association: master data, coded features (numbers as text are fine)."""

    code: str
    name: Texts
    features: Mapping[str, str] = field(default_factory=dict)
    timezone: str = "Europe/Berlin"


@dataclass(frozen=True)
class Peers:
    """Whether sites may be compared with each other, and how many others it takes."""

    enabled: bool = True
    min: int = 5


@dataclass(frozen=True)
class Programme:
    """A whole programme definition, one immutable version."""

    id: str
    version: str
    title: Texts
    languages: tuple[str, ...]
    unit: Literal["site", "association"]
    unit_label: Texts
    waves: tuple[Wave, ...]
    sites: tuple[Site, ...]
    forms: tuple[Form, ...]
    scales: tuple[Scale, ...]
    indicators: tuple[Indicator, ...]
    flags: tuple[Flag, ...]
    measures: tuple[Measure, ...]
    topics: Mapping[str, Texts]
    min_n: int = 5
    peers: Peers = field(default_factory=Peers)
    retention_days: Mapping[str, int] = field(default_factory=dict)
    purpose: Texts = field(default_factory=dict)
    legal_basis: Texts = field(default_factory=dict)

    def form(self, form_id: str) -> Form:
        """Return the form with this id. Raises KeyError."""
        return _by("id", form_id, self.forms)

    def wave(self, code: str) -> Wave:
        """Return the wave with this code. Raises KeyError."""
        return _by("code", code, self.waves)

    def site(self, code: str) -> Site:
        """Return the site with this code. Raises KeyError."""
        return _by("code", code, self.sites)

    def indicator(self, indicator_id: str) -> Indicator:
        """Return the indicator with this id. Raises KeyError."""
        return _by("id", indicator_id, self.indicators)

    def flag(self, flag_id: str) -> Flag:
        """Return the flag rule with this id. Raises KeyError."""
        return _by("id", flag_id, self.flags)


def _by(attribute: str, wanted: str, items: tuple[Any, ...]) -> Any:
    for item in items:
        if getattr(item, attribute) == wanted:
            return item
    raise KeyError(wanted)
