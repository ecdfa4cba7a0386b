"""A form as pages: one per top-level group, loose questions between groups form pages of their own."""

from __future__ import annotations

from dataclasses import dataclass, replace

from services.intake.domain.filling import Record
from shared.programme.model import Form, Group, Question, Texts

UNASKED = ("hidden", "calculate")


@dataclass(frozen=True)
class Section:
    """Questions under a heading inside a page; an empty label is no heading.

    `item`: the key of the repeat's item that begins here. `repeat`: the key of the repeat whose items
    end here; people can add another and remove them unless it is `counted`.
    """

    label: Texts
    names: tuple[str, ...]
    item: str = ""
    repeat: str = ""
    counted: bool = False


@dataclass(frozen=True)
class Page:
    """One page: `key` is its address, `names` the questions and notes it may show, in order."""

    key: str
    label: Texts
    sections: tuple[Section, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """All questions of the page in order."""
        return tuple(name for section in self.sections for name in section.names)


def paginate(form: Form) -> tuple[Page, ...]:
    """Return the pages of a form (an unfolded one), without those on which nothing is ever shown."""
    pages: list[Page] = []
    loose: list[Question] = []
    for item in form.items:
        if isinstance(item, Question):
            loose.append(item)
            continue
        _close(loose, pages)
        sections = tuple(section for section in _sections(item) if section.names or section.item)
        if sections:
            pages.append(Page(item.name, item.label, sections))
    _close(loose, pages)
    return tuple(pages)


def _close(loose: list[Question], pages: list[Page]) -> None:
    names = tuple(question.name for question in loose if question.type not in UNASKED)
    if names:
        pages.append(Page(names[0], {}, (Section({}, names),)))
    loose.clear()


def _sections(group: Group) -> list[Section]:
    """Split a group's questions at nested groups, keeping the order; the outermost label is the page's."""
    if group.repeat:
        return _items(group)
    sections: list[Section] = []
    run: list[str] = []
    for item in group.items:
        if isinstance(item, Question):
            if item.type not in UNASKED:
                run.append(item.name)
            continue
        sections.append(Section({}, tuple(run)))
        run = []
        sections += _items(item) if item.repeat else _headed(item)
    sections.append(Section({}, tuple(run)))
    return sections


def _headed(group: Group) -> list[Section]:
    first, *rest = _sections(group)
    return [replace(first, label=group.label), *rest]


def _items(repeat: Group) -> list[Section]:
    """Return the sections of a repeat's items, then one that holds only the repeat itself."""
    counted = repeat.count is not None
    sections: list[Section] = []
    for item in repeat.items:
        if isinstance(item, Group):
            first, *rest = _headed(item)
            sections += [replace(first, item=item.name, counted=counted), *rest]
    return [*sections, Section(repeat.label, (repeat.name,), repeat=repeat.name, counted=counted)]


@dataclass(frozen=True)
class Path:
    """The pages that are shown for the answers so far, in order."""

    pages: tuple[Page, ...]

    def page(self, key: str) -> Page | None:
        """Return the shown page with this key."""
        return next((page for page in self.pages if page.key == key), None)

    def position(self, key: str) -> int:
        """Return the number of a shown page, from 1."""
        return [page.key for page in self.pages].index(key) + 1

    def after(self, key: str) -> Page | None:
        """Return the page that follows, None after the last."""
        position = self.position(key)
        return self.pages[position] if position < len(self.pages) else None

    def before(self, key: str) -> Page | None:
        """Return the page before, None on the first."""
        position = self.position(key)
        return self.pages[position - 2] if position > 1 else None


def path(pages: tuple[Page, ...], record: Record) -> Path:
    """Return the pages with at least one shown question."""
    return Path(tuple(page for page in pages if not record.shown.isdisjoint(page.names)))


def progress(pages: tuple[Page, ...], record: Record, key: str) -> tuple[int, int]:
    """Return (number of this page, number of pages), from 1.

    Pages that depend on a question not answered yet are counted, so that the total only ever shrinks.
    """
    counted = [page.key for page in pages if page.key == key or _may_show(page, record)]
    return counted.index(key) + 1, len(counted)


def _may_show(page: Page, record: Record) -> bool:
    return any(name in record.shown or _undecided(name, record) for name in page.names)


def _undecided(name: str, record: Record) -> bool:
    asks = {asked for rule in record.compiled.items[name].shown_if for asked in rule.asks}
    return any(asked in record.shown and asked not in record.values for asked in asks)
