"""What is different between two versions of a form, and what must not be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from shared.programme.entries import FormDraft
from shared.programme.json_form import form_digest
from shared.programme.model import Form, Group, Question
from shared.programme.place import Place, Report

_RULES = (
    "relevant", "constraint", "required", "readonly", "calculation", "default", "choice_filter", "appearance",
    "parameters", "list_name",
)  # fmt: skip
_TEXTS = ("label", "hint", "constraint_message", "required_message")


@dataclass(frozen=True)
class ListChange:
    """A choice list with the names that came and went, and those that are labelled differently."""

    name: str
    added: tuple[str, ...]
    removed: tuple[str, ...]
    relabelled: tuple[str, ...]


@dataclass(frozen=True)
class Changes:
    """Two versions side by side. `renamed`, `relabelled`, `ruled` hold the question before and after.

    A question counts as renamed when one with the same words and type came as it went: its series ends there.
    """

    added: tuple[Question, ...] = ()
    removed: tuple[Question, ...] = ()
    renamed: tuple[tuple[Question, Question], ...] = ()
    relabelled: tuple[tuple[Question, Question], ...] = ()
    ruled: tuple[tuple[Question, Question], ...] = ()
    lists: tuple[ListChange, ...] = ()
    moved: bool = False

    @property
    def none(self) -> bool:
        """True when both ask the same in the same way."""
        return self == Changes()


def compare(old: Form, new: Form) -> Changes:
    """Return what changed from one version of a form to another."""
    before, after = _by_name(old), _by_name(new)
    kept = [(before[name], after[name]) for name in after if name in before]
    gone = [question for name, question in before.items() if name not in after]
    come = [question for name, question in after.items() if name not in before]
    renamed = tuple(_renamed(gone, come))
    taken = {question.name for pair in renamed for question in pair}
    return Changes(
        added=tuple(question for question in come if question.name not in taken),
        removed=tuple(question for question in gone if question.name not in taken),
        renamed=renamed,
        relabelled=tuple(pair for pair in kept if _differ(pair, _TEXTS)),
        ruled=tuple(pair for pair in kept if _differ(pair, _RULES)),
        lists=tuple(_lists(old, new)),
        moved=_order(old, set(after)) != _order(new, set(before)) or _groups(old.items) != _groups(new.items),
    )


def _by_name(form: Form) -> dict[str, Question]:
    return {question.name: question for question in form.questions()}


def _differ(pair: tuple[Question, Question], fields: Sequence[str]) -> bool:
    return any(getattr(pair[0], field) != getattr(pair[1], field) for field in fields)


def _renamed(gone: Sequence[Question], come: Sequence[Question]) -> Iterator[tuple[Question, Question]]:
    left = list(come)
    for old in gone:
        same = [new for new in left if new.type == old.type and old.label and new.label == old.label]
        if same:
            left.remove(same[0])
            yield old, same[0]


def _lists(old: Form, new: Form) -> Iterator[ListChange]:
    for name in dict.fromkeys((*old.choices, *new.choices)):
        before = {choice.name: choice for choice in old.choices.get(name, ())}
        after = {choice.name: choice for choice in new.choices.get(name, ())}
        change = ListChange(
            name,
            tuple(one for one in after if one not in before),
            tuple(one for one in before if one not in after),
            tuple(one for one in after if one in before and after[one].label != before[one].label),
        )
        if change != ListChange(name, (), (), ()):
            yield change


def _order(form: Form, among: set[str]) -> list[str]:
    return [question.name for question in form.questions() if question.name in among]


def _groups(items: Sequence[Question | Group]) -> list[object]:
    groups = [item for item in items if isinstance(item, Group)]
    return [(group.name, group.label, group.relevant, _groups(group.items)) for group in groups]


def check_continuity(draft: FormDraft, earlier: Sequence[Form], report: Report) -> None:
    """Report what breaks with the published versions of the form, newest first: types of items, its version."""
    published: dict[str, tuple[Question, str]] = {}
    for form in earlier:
        for question in form.questions():
            published.setdefault(question.name, (question, form.version))
    for question in draft.form.questions():
        before, version = published.get(question.name, (question, ""))
        if question.name not in draft.unread and before.type != question.type and "note" not in (
            before.type, question.type
        ):  # fmt: skip
            message = (
                f'"{question.name}" was published as {before.type} (version {version}) and cannot become '
                f"{question.type}: its answers would no longer form one series. Give the question a new name."
            )
            report.fault(_place(draft, question.name), "type_changed", message)
    _check_version(draft, earlier, report)


def _place(draft: FormDraft, name: str) -> Place:
    return draft.entries[name].at("type") if name in draft.entries else Place(draft.file, sheet=name)


def _check_version(draft: FormDraft, earlier: Sequence[Form], report: Report) -> None:
    version = draft.form.version
    if not version or not earlier:
        return
    place = draft.settings.at("version") if draft.settings else Place(draft.file, sheet="version")
    same = [form for form in earlier if form.version == version]
    newest = earlier[0].version
    if same and all(asked_digest(form) != asked_digest(draft.form) for form in same):
        message = (
            f"Version {version} of this form was published with other content. Raise version on the sheet "
            f"settings, to {next_version(newest)} for example."
        )
        report.fault(place, "version_not_raised", message)
    elif not same and version.isdecimal() and newest.isdecimal() and int(version) < int(newest):
        message = f"Version {version} is older than the published {newest}; raise it, to {next_version(newest)} say."
        report.fault(place, "version_not_raised", message)


def next_version(version: str) -> str:
    """Return a version that follows this one."""
    return str(int(version) + 1).zfill(len(version)) if version.isdecimal() else f"{version}-2"


def asked_digest(form: Form) -> str:
    """Return a digest of what the questionnaire itself says, without what the programme decides about its use."""
    plain = Form(form.id, "", {}, form.default_language, form.languages, form.items, form.choices)
    return form_digest(replace(plain, choices=dict(sorted(form.choices.items()))))
