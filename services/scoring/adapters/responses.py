"""Responses and overdue reports in the document store."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.scoring.domain.answers import Response
from services.scoring.domain.cells import CellInputs, CellKey
from services.scoring.ports import REPORTS, RESPONSES
from shared.store.port import Document, Store


class StoredResponses:
    """Implements `Responses`."""

    def __init__(self, store: Store) -> None:
        self._responses = store.collection(RESPONSES.name)
        self._reports = store.collection(REPORTS.name)

    def keep(self, answered: Mapping[str, Any]) -> CellKey:
        """Store the data of `submission.received` unless a newer revision is known; return its cell."""
        document = _response(answered)
        document |= {"received_at": answered["received_at"], "answers": dict(answered["answers"])}
        document["imported"] = bool(answered.get("imported"))
        self._responses.put_if_newer(document)
        return _key(answered)

    def erase(self, erased: Mapping[str, Any]) -> CellKey:
        """Replace the answers named by `submission.erased` by a tombstone; return their cell."""
        self._responses.put_if_newer({**_response(erased), "erased": True})
        return _key(erased)

    def erased(self, data: Mapping[str, Any]) -> bool:
        """Return whether these are answers that have been erased; the event they are from may be damaged."""
        try:
            answered = _response(data)
        except KeyError:
            return False
        kept = self._responses.get(answered["_id"]) or {}
        revision = answered["revision"]
        obsolete = not isinstance(revision, int) or revision <= kept.get("revision", 0)
        return "answers" in data and bool(kept.get("erased")) and obsolete

    def overdue(self, report: Mapping[str, Any]) -> CellKey:
        """Store the data of `report.overdue`; the highest number of days wins."""
        key = _key(report)
        document = {"_id": f"{key}/{report['form']}", "cell": str(key), "form": report["form"]}
        self._reports.put_if_newer({**document, "days_overdue": report["days_overdue"]}, revision="days_overdue")
        return key

    def inputs(self, key: CellKey) -> CellInputs:
        """Return everything a cell is computed from."""
        cell = {"cell": str(key)}
        found = [document for document in self._responses.find(cell) if not document.get("erased")]
        overdue = {document["form"]: int(document["days_overdue"]) for document in self._reports.find(cell)}
        return CellInputs([_read(document) for document in found], overdue)


def _key(data: Mapping[str, Any]) -> CellKey:
    return CellKey(data["programme"], data["site"], data["wave"])


def _response(data: Mapping[str, Any]) -> Document:
    """Return key and revision; without a respondent the submission itself stands for one."""
    key, respondent = _key(data), data.get("respondent") or data["submission"]
    return {
        "_id": f"{key.programme}/{data['form']}/{key.site}/{key.wave}/{respondent}",
        "cell": str(key),
        "form": data["form"],
        "respondent": respondent,
        "revision": data["revision"],
    }


def _read(document: Document) -> Response:
    return Response(
        form=document["form"],
        respondent=document["respondent"],
        revision=document["revision"],
        received_at=document["received_at"],
        answers=document["answers"],
        imported=document.get("imported", False),
    )
