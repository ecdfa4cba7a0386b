"""How far people with a personal link have come, and which privacy notice they saw; never what they answer."""

from __future__ import annotations

import contextlib

from flask import render_template
from flask.typing import ResponseReturnValue

from services.intake.domain.draft import Draft
from services.intake.handlers.consent import version_of
from services.intake.handlers.desk import Questionnaire
from services.intake.handlers.invite import LinkUsed, check_unspent
from services.intake.handlers.letters import privacy_of
from services.intake.web.here import office
from shared.errors import StoreUnavailable
from shared.web.language import current, message, pick

MESSAGES = ("shared.web", "services.intake.web")


def opened(token: str, run: str | None) -> None:
    """Note that the page behind a personal link was looked at. Raises LinkUsed.

    Nothing is lost when this cannot be kept. Mail scanners open links too.
    """
    invitation = office().invitations.find(token)
    check_unspent(invitation, again=run is not None)
    with contextlib.suppress(StoreUnavailable):
        office().invitations.note(invitation, "opened")


def began(token: str, draft: Draft) -> None:
    """Note that a person has begun, and which notice was shown before; the first time counts."""
    if draft.state == "submitted":
        return
    office().invitations.note(office().invitations.find(token), "started")
    asked = office().desk.questionnaire(draft.place)
    office().asking.consents.keep(draft.place, draft.instance_id, notice_of(asked))


def may_hand_in(token: str, draft: Draft) -> None:
    """Raise LinkUsed when the link was good for one answer and another one has been given."""
    invitation = office().invitations.find(token)
    if invitation.spent:
        kept = office().submissions.find(draft.place, draft.instance_id)
        check_unspent(invitation, again=kept is not None or draft.deprecated_id is not None)


def handed_in(token: str) -> None:
    """Note that a personal link was used."""
    office().invitations.note(office().invitations.find(token), "used")


def notice_of(asked: Questionnaire) -> str:
    """Return the privacy notice as the start page shows it, in the language of the request."""

    def said(key: str, **params: object) -> str:
        return message(MESSAGES, current(), key, **params)

    programme = asked.programme
    parts = [pick(programme.purpose, current())]
    parts.append(said(f"start.privacy.{privacy_of(asked.form)}", least=programme.min_n))
    if programme.legal_basis:
        parts.append(f"{said('start.legal_basis')}: {pick(programme.legal_basis, current())}")
    return "\n\n".join(filter(None, parts))


def used_up(_: LinkUsed) -> ResponseReturnValue:
    """Say that the answer this link was good for has been given."""
    return render_template("link_used.html"), 409


def notice_version(asked: Questionnaire) -> str:
    """Return the version of the notice that the start page shows."""
    return version_of(notice_of(asked))
