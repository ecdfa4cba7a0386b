"""A page that could not be saved: shown again with its answers from what the page itself carried."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer

from services.intake.domain.draft import Draft
from services.intake.domain.filling import Record, Surroundings
from services.intake.domain.submission import Place
from services.intake.handlers.desk import Questionnaire
from services.intake.web.here import office
from shared.errors import StoreUnavailable
from shared.web.language import current


@dataclass(frozen=True)
class Carried:
    """What a page needs to be shown again while the store is away."""

    asked: Questionnaire
    draft: Draft
    given: Mapping[str, Any]

    def record(self, draft: Draft) -> Record:
        """Return the answers under the form's rules, without asking the store."""
        desk = office().desk
        around = Surroundings(now=desk.local_now(), language=current(), ids=desk.new_id, given=self.given)
        return Record(self.asked.compiled, draft.known(self.asked.compiled), around)


def pack(draft: Draft, record: Record) -> str:
    """Return the signed text a page carries: the respondent's own answers and what intake filled in."""
    hidden = {name: record.values[name] for name in record.compiled.hidden if name in record.values}
    place = draft.place
    content = {
        "place": [place.programme, place.form, place.site, place.wave],
        "answers": dict(draft.answers),
        "typed": {name: list(given) for name, given in draft.typed.items()},
        "given": hidden,
    }
    return str(_signer().dumps(content))


def unpack(text: str) -> Carried:
    """Read what the page carried. Raises StoreUnavailable when that does not help either."""
    content = opened(text)
    if content is None:
        raise StoreUnavailable("the store is away and the page carried no answers")
    place = Place(*content["place"])
    office().desk.away()
    draft = Draft("", place, None, "", "", answers=content["answers"], typed=content["typed"])
    return Carried(office().desk.questionnaire(place), draft, content["given"])


def opened(text: str) -> Mapping[str, Any] | None:
    """Return what `pack` put into a page, None when it is not from one of ours."""
    try:
        content: Mapping[str, Any] = _signer().loads(text)
    except BadSignature:
        return None
    return content


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="questionnaire page")
