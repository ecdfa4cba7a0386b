"""The survey sheet: rows to questions and groups, with every fault of structure, name, type and text."""

from __future__ import annotations

from dataclasses import dataclass, field

from shared.programme.choices import Lists
from shared.programme.columns import columns_of
from shared.programme.entries import Entry, Languages, Names, missing_columns
from shared.programme.grid import Sheet
from shared.programme.model import Group, Question
from shared.programme.or_other import OTHER, other_name
from shared.programme.place import Place, Report
from shared.programme.question_types import TypeCell, read_appearance, read_parameters, read_type
from shared.programme.vocabulary import SURVEY, TRUTH

MAX_GROUPS = 10


@dataclass
class _Open:
    """A group that has begun and not yet ended."""

    kind: str
    entry: Entry
    items: list[Question | Group] = field(default_factory=list)


class SurveyReader:
    """Reads one survey sheet; afterwards `items`, `entries`, `used` (list → type), `or_other`, `unread` are filled."""

    def __init__(self, sheet: Sheet, lists: Lists, languages: Languages, report: Report) -> None:
        self.items: list[Question | Group] = []
        self.entries: dict[str, Entry] = {}
        self.used: dict[str, tuple[str, Place]] = {}
        self.unread: set[str] = set()
        self.or_other: set[str] = set()
        self._sheet = sheet
        self._lists = lists
        self._languages = languages
        self._report = report
        self._names = Names(report)
        self._open: list[_Open] = []

    def read(self) -> None:
        """Read every row, then close what is still open."""
        columns = columns_of(self._sheet, SURVEY, self._report)
        for name in ("type", "name"):
            if name not in columns.plain:
                message = f'The sheet survey needs a column "{name}".'
                self._report.fault(self._sheet.place, "missing_column", message)
        missing_columns(columns, self._languages, self._sheet, "label", self._report)
        for row in self._sheet.rows:
            if any(not heading.startswith("_") for heading in row.cells) and "type" in columns.plain:
                self._row(Entry(row, columns, self._languages))
        while self._open:
            group = self._open[-1]
            message = f'The group "{group.entry.text("name")}" never ends; add a row end_{group.kind}.'
            self._report.fault(group.entry.at("type"), "open_group", message)
            self._close()

    def _here(self) -> list[Question | Group]:
        return self._open[-1].items if self._open else self.items

    def _row(self, entry: Entry) -> None:
        if not entry.text("type"):
            self._report.fault(entry.place, "missing_cell", "This row has no type.")
            return
        cell = read_type(entry, self._report)
        if cell.kind == "structure":
            self._structure(entry, cell.type)
        elif cell.kind != "ignored":
            self._here().append(self._question(entry, cell))

    def _structure(self, entry: Entry, type_: str) -> None:
        verb, _, kind = type_.partition("_")
        if verb == "begin":
            self._name(entry)
            self._open.append(_Open(kind, entry))
        elif not self._open:
            message = f"{type_} closes nothing: there is no open group above it. Remove the row."
            self._report.fault(entry.at("type"), "no_open_group", message)
        else:
            if self._open[-1].kind != kind:
                message = f"{type_} cannot close a {self._open[-1].kind}; write end_{self._open[-1].kind}."
                self._report.fault(entry.at("type"), "wrong_end", message)
            self._close()

    def _close(self) -> None:
        group = self._open.pop()
        entry = group.entry
        label = entry.texts("label", self._report)
        appearance = read_appearance(entry, self._report)
        name = entry.text("name")
        relevant = _expression(entry, "relevant")
        if len(self._open) >= MAX_GROUPS:
            message = f"Groups stand inside each other more than {MAX_GROUPS} deep; lay the form out flatter."
            self._report.fault(entry.place, "too_deep", message)
            self._here().extend(group.items)
        else:
            count = _expression(entry, "repeat_count")
            if count and group.kind != "repeat":
                message = f'"{name}" is no repeat, so repeat_count has no meaning here.'
                self._report.fault(entry.at("repeat_count"), "useless_cell", message)
            self._here().append(
                Group(name, label, tuple(group.items), relevant, appearance, group.kind == "repeat", count)
            )

    def _name(self, entry: Entry) -> str:
        name = entry.text("name")
        if not name:
            self._report.fault(entry.place, "missing_cell", "This row has no name.")
        elif self._names.take(name, entry.at("name")):
            self.entries[name] = entry
        return name

    def _question(self, entry: Entry, cell: TypeCell) -> Question:
        name = self._name(entry)
        if cell.kind == "broken":
            self.unread.add(name)
        if cell.list_name:
            self._use_list(entry, cell)
        labelled = cell.type not in ("hidden", "calculate") and cell.kind == "question"
        label = entry.texts("label", self._report, needed=labelled)
        question = Question(
            name=name,
            type="text" if cell.kind == "broken" else cell.type,
            label=label,
            hint=entry.texts("hint", self._report),
            list_name=cell.list_name,
            relevant=_expression(entry, "relevant"),
            constraint=_expression(entry, "constraint"),
            constraint_message=entry.texts("constraint_message", self._report),
            required=_required(entry),
            required_message=entry.texts("required_message", self._report),
            readonly=_expression(entry, "readonly"),
            calculation=_expression(entry, "calculation"),
            default=entry.text("default") or None,
            choice_filter=_expression(entry, "choice_filter"),
            appearance=read_appearance(entry, self._report),
            parameters=read_parameters(entry, cell.type, self._report) if cell.kind == "question" else {},
        )
        self._check_cells(question, entry)
        if cell.or_other:
            self._read_other(question, entry)
        return question

    def _read_other(self, question: Question, entry: Entry) -> None:
        """`or_other` adds a choice to the list and a question, so neither may be there already."""
        place = entry.at("type")
        if any(choice.name == OTHER for choice in self._lists.get(question.list_name or "", ())):
            message = f'The list "{question.list_name}" has a choice "{OTHER}" of its own; remove it or or_other.'
            self._report.fault(place, "duplicate_choice", message)
        elif question.choice_filter:
            message = "or_other and choice_filter do not go together: the added choice has no columns to judge."
            self._report.fault(place, "not_supported", message)
        elif question.name and self._names.take(other_name(question.name), place):
            self.or_other.add(question.name)

    def _use_list(self, entry: Entry, cell: TypeCell) -> None:
        assert cell.list_name
        if cell.list_name not in self._lists:
            hint = self._report.hint(cell.list_name, self._lists)
            message = f'There is no choice list "{cell.list_name}" on the sheet choices.{hint}'
            self._report.fault(entry.at("type"), "unknown_list", message)
        elif self.used.get(cell.list_name, ("select_one",))[0] == "select_one":
            self.used[cell.list_name] = (cell.type, entry.at("type"))

    def _check_cells(self, question: Question, entry: Entry) -> None:
        if question.type == "calculate" and not question.calculation and not question.default:
            message = f'The calculation "{question.name}" is empty; fill in the column calculation.'
            self._report.fault(entry.place, "missing_cell", message)
        if question.choice_filter and not question.list_name and question.name not in self.unread:
            message = f'"{question.name}" offers no choices, so choice_filter has no meaning here.'
            self._report.fault(entry.at("choice_filter"), "useless_cell", message)
        if question.constraint_message and not question.constraint:
            message = f'"{question.name}" has a constraint_message but no constraint; it would never be shown.'
            self._report.fault(entry.place, "useless_cell", message)


def _expression(entry: Entry, column: str) -> str | None:
    text = entry.text(column)
    return TRUTH.get(text, text) or None


def _required(entry: Entry) -> str | None:
    expression = _expression(entry, "required")
    return None if expression == "false()" else expression
