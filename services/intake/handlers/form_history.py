"""Every form version a programme has ever published, read from its immutable definitions."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from services.intake.handlers.desk import Desk
from services.intake.ports import DEFINITIONS, SUBMISSIONS
from shared.errors import unknown
from shared.programme.json_form import form_from_json
from shared.programme.model import Form
from shared.store.port import Document


@dataclass(frozen=True)
class FormVersion:
    """A form version since it was first published; `by` is an account's id, "" if a command published it."""

    form: Form
    published_at: str
    by: str
    programme_version: str


class FormHistory:
    """Reads what was published."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def versions(self, programme: str, form: str = "") -> list[FormVersion]:
        """Return the versions of a programme's forms (or of one), each once, newest first."""
        found: list[FormVersion] = []
        seen: list[dict[str, Any]] = []
        for document in self._definitions(programme):
            for data in document["definition"].get("forms", ()):
                if data not in seen and form in ("", data["id"]):
                    seen.append(data)
                    found.append(_version(data, document))
        return found[::-1]

    def forms(self, programme: str) -> list[Form]:
        """Return the versions of all forms a programme ever had, newest first."""
        return [version.form for version in self.versions(programme)]

    def version(self, programme: str, form: str, version: str = "") -> FormVersion:
        """Return a form version, "" = the newest. Raises NotFound."""
        for known in self.versions(programme, form):
            if version in ("", known.form.version):
                return known
        raise unknown("form", form)

    def answers(self, programme: str, form: str, version: str | None = None) -> int:
        """Return how many responses to a form there are, or how many began with this version of it."""
        where: dict[str, Any] = {"programme": programme, "form": form, "revision": 1}
        if version is not None:
            where["form_version"] = version
        kept = self._desk.collection(SUBMISSIONS)
        return kept.count(where) - kept.count({**where, "erased": True})

    def unused_version(self, programme: str) -> str:
        """Return a version for the programme that says the day and follows those of the day."""
        numbered = re.compile(rf"{self._desk.local_now():%Y%m%d}\d\d")
        found = [numbered.match(document["version"]) for document in self._definitions(programme)]
        last = max((int(match[0]) for match in found if match), default=int(f"{self._desk.local_now():%Y%m%d}00"))
        return str(last + 1)

    def _definitions(self, programme: str) -> list[Document]:
        documents = self._desk.collection(DEFINITIONS).find({"programme": programme})
        return sorted(documents, key=lambda document: int(document["revision"]))


def _version(data: dict[str, Any], document: Document) -> FormVersion:
    return FormVersion(
        form_from_json(data), document["published_at"], document.get("published_by", ""), document["version"]
    )
