"""All of intake's use cases, wired to one desk."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from services.intake.domain.register import Rhythms
from services.intake.handlers.bulk import BulkImport
from services.intake.handlers.calendar import OverdueReports, WaveCalendar
from services.intake.handlers.consent import Consents
from services.intake.handlers.desk import Desk
from services.intake.handlers.drafts import Drafts
from services.intake.handlers.erase import Erasing, Tidying
from services.intake.handlers.export import Exports
from services.intake.handlers.form_change import FormChanges
from services.intake.handlers.form_history import FormHistory
from services.intake.handlers.hand_in import HandingIn
from services.intake.handlers.invite import Invitations
from services.intake.handlers.letters import Letters
from services.intake.handlers.monitor import Monitor
from services.intake.handlers.openrosa import OpenRosa
from services.intake.handlers.people import People
from services.intake.handlers.posting import Posting
from services.intake.handlers.publish import Publishing
from services.intake.handlers.register import Register
from services.intake.handlers.reminders import Reminders
from services.intake.handlers.republish import Republishing
from services.intake.handlers.review import Reviewing
from services.intake.handlers.sign_in import SignIn
from services.intake.handlers.submit import Submissions
from shared.programme.model import Programme


@dataclass(frozen=True)
class Asking:
    """The use cases that write to respondents."""

    register: Register
    reminders: Reminders
    letters: Letters
    posting: Posting
    consents: Consents


@dataclass(frozen=True)
class Office:
    """The use cases pages, API and commands call. `read_files` turns texts into a checked programme."""

    desk: Desk
    submissions: Submissions
    calendar: WaveCalendar
    overdue: OverdueReports
    publishing: Publishing
    form_history: FormHistory
    form_changes: FormChanges
    people: People
    invitations: Invitations
    asking: Asking
    openrosa: OpenRosa
    drafts: Drafts
    handing_in: HandingIn
    monitor: Monitor
    exports: Exports
    bulk: BulkImport
    sign_in: SignIn
    republishing: Republishing
    erasing: Erasing
    tidying: Tidying
    reviewing: Reviewing
    read_files: Callable[[Mapping[str, str]], Programme]


@dataclass(frozen=True)
class Links:
    """How links are made (fresh tokens, tokens derived from a text), where the platform is, when to remind of them."""

    new_token: Callable[[], str]
    sign: Callable[[str], str]
    public_url: str
    rhythms: Rhythms


def _asking(desk: Desk, links: Links, invitations: Invitations, submissions: Submissions) -> Asking:
    register = Register(desk, invitations, submissions, links.sign)
    letters = Letters(desk, register, links.public_url)
    reminders = Reminders(desk, register, links.rhythms)
    return Asking(register, reminders, letters, Posting(desk, register, letters), Consents(desk))


def open_office(desk: Desk, links: Links, read_files: Callable[[Mapping[str, str]], Programme]) -> Office:
    """Build every use case on one desk."""
    submissions, calendar = Submissions(desk), WaveCalendar(desk)
    drafts = Drafts(desk, submissions, links.new_token)
    people, history = People(desk), FormHistory(desk)
    publishing = Publishing(desk, calendar, history)
    invitations = Invitations(desk, links.new_token, links.sign)
    return Office(
        desk=desk,
        submissions=submissions,
        calendar=calendar,
        overdue=OverdueReports(desk, submissions),
        publishing=publishing,
        form_history=history,
        form_changes=FormChanges(desk, publishing, history),
        people=people,
        invitations=invitations,
        asking=_asking(desk, links, invitations, submissions),
        openrosa=OpenRosa(desk, invitations, submissions),
        drafts=drafts,
        handing_in=HandingIn(desk, submissions, drafts),
        monitor=Monitor(desk, submissions),
        exports=Exports(desk),
        bulk=BulkImport(desk, submissions),
        sign_in=SignIn(desk, people, links.sign, links.public_url),
        republishing=Republishing(desk, submissions),
        erasing=Erasing(desk, submissions),
        tidying=Tidying(desk),
        reviewing=Reviewing(desk, submissions, invitations, history, links.public_url),
        read_files=read_files,
    )
