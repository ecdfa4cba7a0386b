"""Indicators and flags: expressions, names, circles, topics, measures, thresholds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from shared.expressions import Binary, Name, Node, Number, Question, Scope, Text, check, cycles, references
from shared.programme.calendar_checks import check_known, check_unique
from shared.programme.choice_checks import choice_faults
from shared.programme.drafts import Draft, ProgrammeDraft
from shared.programme.fields import Record
from shared.programme.flags_file import ROLES, SUPPORT_FILE
from shared.programme.form_checks import parsed
from shared.programme.indicators_file import FILE as INDICATORS_FILE
from shared.programme.model import Choice, Flag, Indicator
from shared.programme.place import Place, Report, listed
from shared.programme.plan_checks import home_of
from shared.programme.sites_file import FILE as SITES_FILE
from shared.programme.thresholds import both_can_hold
from shared.programme.travel import travelling
from shared.programme.yaml_source import Scalar

_CONDITIONS = frozenset({"=", "!=", "<", "<=", ">", ">=", "and", "or"})
_PEERS_OFF = "This compares sites with each other, but `peers: {enabled: false}` stands in programme.yaml."
_DEFINED_IN = (
    (INDICATORS_FILE, "unknown_indicator"),
    (INDICATORS_FILE, "unknown_scale"),
    (SITES_FILE, "unknown_site_feature"),
)
_PEERS = frozenset({"peer_z", "peer_percentile", "peer_median"})


@dataclass(frozen=True)
class _Known:
    """The names rules may use, with a form's own questions before those of other forms."""

    names: frozenset[str]
    scales: Mapping[str, bool]
    features: frozenset[str]
    wave_features: frozenset[str]
    forms: frozenset[str]
    peers: bool


def check_rules(draft: ProgrammeDraft, report: Report) -> None:
    """Report every fault of indicators, flags and measures against the whole programme."""
    known = _known(draft)
    check_unique(((i.value.id, i.record, "id") for i in draft.indicators), "indicator", report)
    check_unique(((f.value.id, f.record, "id") for f in draft.flags), "flag", report)
    check_unique(((m.value.id, m.record, "id") for m in draft.measures), "measure", report)
    graph: dict[str, frozenset[str]] = {}
    for indicator in draft.indicators:
        graph[indicator.value.id] = _check_indicator(indicator, draft, known, report)
    places = {indicator.value.id: indicator.record.at("value") for indicator in draft.indicators}
    for circle in cycles(graph):
        message = f"These indicators depend on each other in a circle: {listed(circle)}."
        if len(circle) == 1:
            message = f'The indicator "{circle[0]}" is computed from itself; name other values.'
        report.fault(min(places[name] for name in circle), "cycle", message)
    for measure in draft.measures:
        check_known(measure.record, "topics", draft.frame.topics, "topic", "unknown_topic")
    for flag in draft.flags:
        _check_flag(flag, draft, known, report)


def _known(draft: ProgrammeDraft) -> _Known:
    homes = {scale.value.id: home_of(scale.value, draft) for scale in draft.scales}
    peers = draft.frame.record.record("peers", None)
    headings = [cell.text for cell in draft.site_sheet.headings] if draft.site_sheet else []
    return _Known(
        names=frozenset(indicator.value.id for indicator in draft.indicators),
        scales={name: home is not None and home.form.respondents == "many" for name, home in homes.items()},
        features=frozenset(h for h in headings if h not in ("code", "timezone") and not h.startswith("name_")),
        wave_features=frozenset(name for wave in draft.waves for name in wave.value.features),
        forms=frozenset(draft.plans),
        peers=peers.flag("enabled", default=True) if peers else True,
    )


def _check_indicator(
    indicator: Draft[Indicator], draft: ProgrammeDraft, known: _Known, report: Report
) -> frozenset[str]:
    value, record = indicator.value, indicator.record
    _check_form(value.form, record, draft)
    check_known(record, "hidden_from", ROLES, "role", "unknown_role")
    if value.target and value.target.peer_median and not known.peers:
        report.fault(record.at("target"), "peers_off", _PEERS_OFF)
    used: set[str] = set()
    for key, text in (("value", value.value), ("valid_when", value.valid_when)):
        scalar = record.scalar(key)
        node = _node(text, scalar, report)
        if node is None or scalar is None:
            continue
        used |= references(node).names
        _check_expression(node, scalar, value.form, draft, known, report)
        if key == "value" and _is_condition(node):
            message = "This is a condition, not a number; write share(…) or count(…) around it."
            report.fault(record.at(key), "not_a_number", message)
        elif key == "valid_when" and _is_plain_value(node):
            report.fault(record.at(key), "not_a_condition", "This is a value, not a condition; compare it.")
    return frozenset(used)


def _check_flag(flag: Draft[Flag], draft: ProgrammeDraft, known: _Known, report: Report) -> None:
    value, record = flag.value, flag.record
    if value.form:
        _check_form(value.form, record, draft)
    overdue = record.record("overdue", None)
    if overdue and overdue.text("form", value.form) != value.form:
        message = f'`overdue` is about another form than the flag ("{value.form}"); write the same one.'
        report.fault(overdue.at("form"), "form_differs", message)
    if value.topic and value.topic not in draft.frame.topics:
        message = f'There is no topic "{value.topic}" in programme.yaml.{report.hint(value.topic, draft.frame.topics)}'
        report.fault(record.at("topic"), "unknown_topic", message)
    if SUPPORT_FILE not in draft.unread:
        measures = {measure.value.id for measure in draft.measures}
        check_known(record, "support", measures, "measure in support.yaml", "unknown_measure")
    check_known(record, "hidden_from", ROLES, "role", "unknown_role")
    if value.min_sites and draft.sites and value.min_sites > len(draft.sites):
        message = f"min_sites is {value.min_sites}, but there are only {len(draft.sites)} sites."
        report.fault(record.at("min_sites"), "min_sites_too_large", message)
    if value.audience == "lead" and value.min_sites is None:
        message = "Leads see no single sites: only a flag with `min_sites:` can address them."
        report.fault(record.at("audience"), "single_site_for_leads", message)
    _check_conditions(flag, draft, known, report)


def _check_conditions(flag: Draft[Flag], draft: ProgrammeDraft, known: _Known, report: Report) -> None:
    conditions = flag.record.record("raise", None)
    scalars = {key: conditions.scalar(key) for key in flag.value.raise_} if conditions else {}
    raising = {key: _node(text, scalars.get(key), report) for key, text in flag.value.raise_.items()}
    clear = flag.record.scalar("clear")
    clearing = _node(flag.value.clear, clear, report)
    for node, scalar in [*((raising[key], scalars[key]) for key in raising), (clearing, clear)]:
        if node is None or scalar is None:
            continue
        _check_expression(node, scalar, flag.value.form, draft, known, report)
        if _is_plain_value(node):
            message = "This is a value, not a condition; compare it with something, such as `H01 < 75`."
            report.fault(scalar.place, "not_a_condition", message)
    for key, node in raising.items():
        both = both_can_hold(node, clearing) if node and clearing else None
        if both and clear:
            message = (
                f'"{both}" can satisfy `clear` and `raise: {key}` at once, so the flag would come and go; '
                "move one of the thresholds."
            )
            report.fault(clear.place, "clear_meets_raise", message)


def _check_form(form: str, record: Record, draft: ProgrammeDraft) -> None:
    if form and form not in draft.plans:
        message = f'There is no form "{form}" in programme.yaml.{record.report.hint(form, draft.plans)}'
        record.fault(record.at("form"), "unknown_form", message)


def _node(text: str | None, scalar: Scalar | None, report: Report) -> Node | None:
    return parsed(text, scalar, report) if text and scalar else None


def _check_expression(
    node: Node, scalar: Scalar, form: str, draft: ProgrammeDraft, known: _Known, report: Report
) -> None:
    questions, uncoded, offered = _questions(form, draft)
    scope = Scope(
        "indicator",
        questions={**dict.fromkeys(uncoded, False), **questions},
        names=known.names,
        scales=known.scales,
        features=known.features,
        wave_features=known.wave_features,
        forms=known.forms,
    )
    unknowable = {code for file, code in _DEFINED_IN if file in draft.unread}
    if draft.plans.keys() - draft.forms.keys():
        unknowable.add("unknown_question")
    for fault in check(node, scope):
        if fault.code not in unknowable:
            report.fault(scalar.place_at(fault.column - 1), fault.code, fault.message)
    for column, message in choice_faults(node, offered, report):
        report.fault(scalar.place_at(column - 1), "unknown_choice", message)
    found = references(node)
    for name in sorted(found.questions & uncoded - questions.keys()):
        message = (
            f'"{name}" holds or is calculated from free or hidden text, which never leaves the questionnaire; '
            "use coded or numeric questions."
        )
        report.fault(_mention(scalar, name), "free_text", message)
    if not known.peers and found.functions & _PEERS:
        report.fault(scalar.place, "peers_off", _PEERS_OFF)


def _questions(form: str, draft: ProgrammeDraft) -> tuple[dict[str, bool], set[str], dict[str, tuple[Choice, ...]]]:
    questions: dict[str, bool] = {}
    uncoded: set[str] = set()
    offered: dict[str, tuple[Choice, ...]] = {}
    for form_id in sorted(draft.forms, key=lambda id_: id_ == form):
        home = draft.forms[form_id].form
        travels = travelling(home, draft.forms[form_id].unread)
        for question in home.questions():
            if question.name in travels:
                questions[question.name] = home.respondents == "many"
                offered[question.name] = home.choices.get(question.list_name or "", ())
            else:
                uncoded.add(question.name)
    return questions, uncoded, offered


def _mention(scalar: Scalar, name: str) -> Place:
    position = scalar.text.find(f"${{{name}}}")
    return scalar.place_at(max(position, 0))


def _is_condition(node: Node) -> bool:
    return isinstance(node, Binary) and node.op in _CONDITIONS


def _is_plain_value(node: Node) -> bool:
    return isinstance(node, Number | Text | Name | Question) or (
        isinstance(node, Binary) and node.op not in _CONDITIONS
    )
