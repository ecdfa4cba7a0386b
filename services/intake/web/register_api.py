"""The JSON API of the register: how far invitations have come, without addresses."""

from __future__ import annotations

from typing import Any

from flask import g
from marshmallow import Schema, fields, validate

from services.intake.domain.register import STATES
from services.intake.handlers.letters import privacy_of
from services.intake.web.api import PREFIX, READERS, own_sites, readable
from services.intake.web.here import office
from services.intake.web.register_view import Block, blocks
from shared.errors import unknown
from shared.mail.delivery import SENT
from shared.web import api_key, declare, either, staff
from shared.web.api import ApiBlueprint
from shared.web.lists import listed

asking = ApiBlueprint("invitations", __name__, url_prefix=PREFIX, description="Read how far invitations have come")
declare(asking, either(api_key("read"), staff(*READERS)))
BLUEPRINTS = (asking,)


class InvitationOut(Schema):
    """One invitation; never to whom it went."""

    invitation = fields.String(required=True)
    state = fields.String(required=True, validate=validate.OneOf(STATES))
    mails = fields.Integer(required=True, metadata={"description": "How many have been sent"})
    last_mail_at = fields.String(required=True, allow_none=True)


class InvitationCountsOut(Schema):
    """How many invitations to one form at one site are in which state.

    `invitations` holds the single ones; empty where the caller may not see who has answered.
    """

    site = fields.String(required=True)
    form = fields.String(required=True)
    privacy = fields.String(required=True, validate=validate.OneOf(["anonymous", "confidential", "named"]))
    counts = fields.Dict(keys=fields.String(validate=validate.OneOf(STATES)), values=fields.Integer(), required=True)
    invitations = fields.List(fields.Nested(InvitationOut), required=True)


@asking.on("GET", "/programmes/<programme>/waves/<wave>/invitations")
@asking.answers(200, listed(InvitationCountsOut))
@asking.refuses(404)
def invitations(programme: str, wave: str) -> dict[str, Any]:
    """List how many were invited, have opened, started and submitted: one entry per site and form with invitations."""
    found = readable(programme)
    if wave not in {one.code for one in found.waves}:
        raise unknown("wave", wave)
    entries = office().asking.register.listed(programme, wave, own_sites(programme))
    return {"items": [_item(block) for block in blocks(g.actor, found, entries)], "next": None}


def _item(block: Block) -> dict[str, Any]:
    single = []
    for row in block.rows if block.detailed else ():
        sent = [mail["sent_at"] for mail in row.mails if mail["state"] == SENT]
        last = max(sent, default=None)
        single.append(
            {"invitation": row.entry.contact.id, "state": row.state, "mails": len(sent), "last_mail_at": last}
        )
    return {
        "site": block.site.code,
        "form": block.form.id,
        "privacy": privacy_of(block.form),
        "counts": block.counts,
        "invitations": single,
    }
