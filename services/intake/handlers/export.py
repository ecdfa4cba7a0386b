"""Taking the answers of a form away: all waves and form versions, one row per response, read as they stream."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice

from services.intake.domain.export_access import (
    NO_SINGLE_ANSWERS,
    OTHER_SITE,
    STILL_OPEN,
    TOO_FEW,
    Reader,
    reader_of,
)
from services.intake.domain.export_columns import Column, about_columns, question_columns
from services.intake.domain.export_history import History, histories
from services.intake.domain.export_items import item_columns, items_of, repeats_around
from services.intake.domain.export_rows import Group, Row, RowReader, large_enough
from services.intake.domain.waves import calendar
from services.intake.handlers.desk import Desk
from services.intake.ports import DEFINITIONS, SUBMISSIONS
from shared.errors import Bilingual, Fault, Forbidden, Invalid, unknown
from shared.programme.json_form import programme_from_json
from shared.programme.model import Form, Wave
from shared.registry import Account
from shared.registry.accounts import ROLES
from shared.store.port import Document, Range

_ORDER = ("response", "revision")
_LANGUAGE = Bilingual("This form speaks {languages}.", "Diesen Fragebogen gibt es in {languages}.")


@dataclass(frozen=True)
class Wanted:
    """What is asked for; "" = all waves, all sites, the form's first language, responses (not a repeat's items)."""

    programme: str
    form: str
    wave: str = ""
    site: str = ""
    language: str = ""
    repeat: str = ""


@dataclass(frozen=True)
class Table:
    """An export ready to be written, opened `at`. `rows` can be read once; then `left_out` is complete."""

    programme: str
    at: str
    form: Form
    language: str
    columns: Sequence[Column]
    rows: Iterator[Row]
    left_out: list[Group]


@dataclass
class Exports:
    """Opens exports. What a programme's versions say is read once per published version.

    `page` is how many revisions are read at a time.
    """

    desk: Desk
    page: int = 200
    _known: dict[str, tuple[int, dict[str, History]]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def open(self, wanted: Wanted, account: Account) -> Table:
        """Return what the account may see of the responses, with the first of them already read.

        With a repeat, its items are the rows. Raises NotFound, Forbidden (no single answers for these roles,
        a foreign site, an anonymous form whose groups are all too small or whose wave is still open) and
        Invalid (a language the form lacks).
        """
        history = self._history(wanted, account)
        form = history.form
        reader = reader_of(account, wanted.programme, form)
        if reader is None:
            raise Forbidden(NO_SINGLE_ANSWERS)
        language = _language(wanted.language, form)
        around = _around(wanted, history)
        columns = [
            *about_columns(history, full=reader.full),
            *item_columns(history.versions, around),
            *question_columns(history.versions, texts=reader.texts, around=around),
        ]
        left_out: list[Group] = []
        asked = self._responses(wanted, self._waves(history, wanted.wave, reader), _sites(history, wanted, reader))
        least = history.min_n if form.anonymous and not reader.full else 1
        responses = large_enough(asked, least, left_out)
        first = list(islice(responses, 1))
        if left_out and not first:
            raise Forbidden(TOO_FEW.format(least=least))
        shown = chain(first, responses)
        rows = map(RowReader(columns, anonymous=form.anonymous).read, items_of(shown, around) if around else shown)
        return Table(wanted.programme, self.desk.now(), form, language, columns, rows, left_out)

    def _history(self, wanted: Wanted, account: Account) -> History:
        """Return the form's history. Raises NotFound, also when the account has nothing to do with the programme."""
        known = self._histories(wanted.programme)
        if not account.machine and not account.may(ROLES, wanted.programme):
            raise unknown("programme", wanted.programme)
        if wanted.form not in known:
            raise unknown("form", wanted.form)
        return known[wanted.form]

    def _histories(self, programme: str) -> dict[str, History]:
        revision = self.desk.registry.revision(programme)
        with self._lock:
            known = self._known.get(programme)
        if known is None or known[0] != revision:
            documents = self.desk.collection(DEFINITIONS).find({"programme": programme})
            documents.sort(key=lambda document: -int(document["revision"]))
            known = (revision, histories([programme_from_json(document["definition"]) for document in documents]))
            with self._lock:
                self._known[programme] = known
        return known[1]

    def _waves(self, history: History, code: str, reader: Reader) -> list[Wave]:
        """Return the waves asked for, in order of time; of an anonymous form perhaps only those that are closed."""
        waves = [wave for wave in history.waves if code in ("", wave.code)]
        if code and not waves:
            raise unknown("wave", code)
        if reader.full or not history.form.anonymous:
            return waves
        now = self.desk.now()
        closed = [wave for wave in waves if calendar(wave, self.desk.zone).state(now) == "closed"]
        if code and not closed:
            raise Forbidden(STILL_OPEN)
        return closed

    def _responses(self, wanted: Wanted, waves: Sequence[Wave], sites: Sequence[str]) -> Iterator[Document]:
        """Yield every response as it stands, by wave and site, without the erased ones.

        They are read in small pages: however slowly somebody takes them, no cursor and no snapshot of the store
        stays open meanwhile.
        """
        for wave in waves:
            for site in sites:
                where = {"programme": wanted.programme, "wave": wave.code, "form": wanted.form, "site": site}
                yield from self._newest(where)

    def _newest(self, where: Mapping[str, str]) -> Iterator[Document]:
        submissions, after = self.desk.collection(SUBMISSIONS), ""
        full = True
        while full:
            page = submissions.find({**where, "response": Range(gt=after)}, sort=_ORDER, limit=self.page)
            newest = {revision["response"]: revision for revision in page}
            full = len(page) == self.page
            if full:
                # The page may end between two revisions of its last response.
                after = page[-1]["response"]
                newest[after] = submissions.find({"response": after}, sort=("-revision",), limit=1)[0]
            yield from (revision for revision in newest.values() if not revision.get("erased"))


def _sites(history: History, wanted: Wanted, reader: Reader) -> Sequence[str]:
    """Return the sites to read, by code."""
    known = sorted(site.code for site in history.sites)
    if not wanted.site:
        return [code for code in known if reader.sites is None or code in reader.sites]
    if wanted.site not in known:
        raise unknown("site", wanted.site)
    if reader.sites is not None and wanted.site not in reader.sites:
        raise Forbidden(OTHER_SITE)
    return [wanted.site]


def _around(wanted: Wanted, history: History) -> tuple[str, ...]:
    """Return the repeat asked for and those around it. Raises NotFound."""
    if not wanted.repeat:
        return ()
    try:
        return repeats_around(history.versions, wanted.repeat)
    except KeyError:
        raise unknown("repeat", wanted.repeat) from None


def _language(wanted: str, form: Form) -> str:
    if wanted and wanted not in form.languages:
        message = _LANGUAGE.format(languages=", ".join(form.languages))
        raise Invalid([Fault("language", "unknown_language", message)])
    return wanted or form.default_language
