"""What must hold at rest: nothing lost, nothing stale, no flag without its mail, no copy too many."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from services.intake.domain.submission import ONE, Place, submission_id
from services.intake.ports import SUBMISSIONS
from services.notify.documents import ALERTS, DELIVERIES
from services.notify.domain import facts
from services.scoring.app import Scoring
from services.scoring.domain.cell import compute_cell
from services.scoring.domain.cells import EVERY_SITE
from services.scoring.domain.transitions import merged
from services.scoring.ports import CELLS, RESPONSES, SITE_FLAGS
from shared.clock import EPOCH_TEXT
from shared.programme.model import SEVERITIES
from shared.store.port import Document, Store
from tests.support.pipeline.letters import PROGRAMME, Letter

SENT_AGAIN = 1  # a mail that may have arrived is sent once more, and never a third time
AT_ONCE = 2  # mails one process sends at the same time
Receipts = Mapping[str, Mapping[str, Any]]


@dataclass
class Verdict:
    """Everything found wrong, in words, by kind; and what was counted."""

    wrong: dict[str, list[str]] = field(default_factory=dict)
    counted: dict[str, int] = field(default_factory=dict)

    def fault(self, kind: str, what: str) -> None:
        """Note one thing that must not be."""
        self.wrong.setdefault(kind, []).append(what)

    def in_words(self) -> str:
        """Return the faults, a few of each kind."""
        return "; ".join(f"{len(found)} {kind} (e.g. {found[:3]})" for kind, found in self.wrong.items())


def newest(letters: Sequence[Letter]) -> dict[tuple[str, str, str, str], Letter]:
    """Return the last revision of every response: (form, site, wave, respondent) -> letter."""
    found: dict[tuple[str, str, str, str], Letter] = {}
    for letter in letters:
        key = _response(letter)
        if key not in found or found[key].number < letter.number:
            found[key] = letter
    return found


def _response(letter: Letter) -> tuple[str, str, str, str]:
    body = letter.body
    return letter.form, body["site"], body["wave"], body.get("respondent", ONE)


def check_kept(verdict: Verdict, store: Store, letters: Sequence[Letter], receipts: Receipts) -> None:
    """Every receipt is in intake's store as it was given, and nothing else is."""
    kept = store.collection(SUBMISSIONS.name)
    for letter in letters:
        body = letter.body
        receipt = receipts.get(body["instance_id"])
        if receipt is None:
            verdict.fault("without receipt", body["instance_id"])
            continue
        place = Place(PROGRAMME, letter.form, body["site"], body["wave"])
        document = kept.get(submission_id(place, body["instance_id"]))
        same = document is not None and all(document[name] == receipt[name] for name in ("revision", "received_at"))
        if not same:
            verdict.fault("lost in intake", body["instance_id"])
    extra = kept.count({}) - len(letters)
    if extra:
        verdict.fault("kept that nobody sent", str(extra))
    verdict.counted["kept"] = kept.count({})


def check_scored(verdict: Verdict, scoring: Scoring, letters: Sequence[Letter]) -> None:
    """Every response's newest revision is in scoring, and every cell and flag is what these answers give."""
    responses = scoring.store.collection(RESPONSES.name)
    expected = newest(letters)
    first = {_response(letter): letter for letter in letters if letter.number == 1}
    for (form, site, wave, respondent), letter in expected.items():
        place, begun = Place(PROGRAMME, form, site, wave), first[form, site, wave, respondent].body["instance_id"]
        alias = respondent if respondent == ONE else submission_id(place, begun)
        document = responses.get(f"{PROGRAMME}/{form}/{site}/{wave}/{alias}")
        if document is None:
            verdict.fault("lost in scoring", letter.body["instance_id"])
        elif (document["revision"], document["answers"]) != (letter.number, letter.body["answers"]):
            verdict.fault("stale response", letter.body["instance_id"])
    if responses.count({}) != len(expected):
        verdict.fault("responses nobody sent", str(responses.count({}) - len(expected)))
    Scores(verdict, scoring).check()
    verdict.counted["responses"] = len(expected)


class Scores:
    """Computes every cell and every site's flags anew and compares."""

    def __init__(self, verdict: Verdict, scoring: Scoring) -> None:
        self._verdict, self._scoring = verdict, scoring
        self._speaker = scoring.speakers.of(PROGRAMME)
        self._stored = {d["_id"]: d for d in scoring.store.collection(CELLS.name).find({})}

    def check(self) -> None:
        """Note every stale value and flag."""
        for site in self._speaker.plan.programme.sites:
            self._check_cells(site.code)
            self._check_flags(site.code)
        self._check_flags(EVERY_SITE)
        self._verdict.counted["cells"] = len(self._stored)

    def _check_cells(self, site: str) -> None:
        world = self._scoring.worlds.of(self._speaker, site)
        for at, wave in enumerate(world.waves):
            stored = self._stored.get(f"{PROGRAMME}/{site}/{wave.code}")
            fresh = compute_cell(world, at)
            if stored is None or any(stored[name] != fresh[name] for name in fresh):
                self._verdict.fault("stale cell", f"{site}/{wave.code}")

    def _check_flags(self, site: str) -> None:
        stored = self._scoring.flags.get(PROGRAMME, site)
        fresh = self._scoring.refold.folded(self._speaker, site)
        if merged(stored, fresh, "data", EPOCH_TEXT) is not None:
            self._verdict.fault("stale flags", site)


def check_mailed(
    verdict: Verdict, scoring: Store, notify: Store, mails: Sequence[Mapping[str, Any]], senders_killed: int
) -> None:
    """What the last accepted mail about an episode said is what is true of it, and no mail or news came twice.

    A restated episode (the same flag, only its beginning moved) makes no mail of its own: there it is enough
    that the flag was mailed at that site before. A flag that got graver and ended before that was mailed need
    not be called off.
    """
    accepted = {mail["message_id"] for mail in mails}
    sent = notify.collection(DELIVERIES.name).find({})
    arrived = [delivery for delivery in sent if delivery["message_id"] in accepted]
    said, ever = _last_said(arrived), _ever_said(arrived)
    kept = notify.collection(ALERTS.name)
    raised = 0
    for flags in scoring.collection(SITE_FLAGS.name).find({}):
        for id_, episode in flags["episodes"].items():
            place = f"{flags['site']} {episode['flag']} {id_[:8]}"
            alert = kept.get(id_)
            if alert is None or alert["state"] != episode["state"]:
                verdict.fault("alerts that differ from their flag", place)
            elif episode["state"] == "raised":
                raised += 1
                known = (flags["site"], episode["flag"]) in ever if alert["silent"] else said.get(id_)
                if not known:
                    verdict.fault("flags without mail", f"{place} silent={alert['silent']}")
            elif said.get(id_) == alert["peak"] and not alert["silent"]:
                verdict.fault("ended flags never called off", place)
    verdict.counted |= {"episodes raised now": raised, "mails": len(mails), "deliveries": len(sent)}
    check_copies(verdict, sent, mails, senders_killed)
    check_told_once(verdict, arrived, {alert["_id"]: alert["peak"] for alert in kept.find({})})


def _last_said(sent: Sequence[Document]) -> dict[str, str]:
    """Return for every episode as what the last mail that names it calls it open; empty when it calls it off."""
    said: dict[str, tuple[str, str]] = {}
    for delivery in sent:
        for alert in delivery["alerts"]:
            when = delivery["created_at"]
            if alert["episode"] not in said or said[alert["episode"]][0] <= when:
                said[alert["episode"]] = (when, "" if alert["status"] == facts.RESOLVED else alert["severity"])
    return {episode: severity for episode, (_, severity) in said.items()}


def _ever_said(sent: Sequence[Document]) -> set[tuple[str, str]]:
    """Return (site, flag) of everything a mail ever called open."""
    return {(d["site"], a["flag"]) for d in sent for a in d["alerts"] if a["status"] != facts.RESOLVED}


def check_copies(
    verdict: Verdict, sent: Sequence[Document], mails: Sequence[Mapping[str, Any]], senders_killed: int
) -> None:
    """Every mail decided on arrived, and once: a killed process leaves at most the mails it was sending, each twice.

    `mails` is what the mail server says, `senders_killed` what the test did; what the product noted about its own
    doubts does not count.
    """
    accepted = Counter(mail["message_id"] for mail in mails)
    for delivery in sent:
        times = accepted.pop(delivery["message_id"], 0)
        if times > 1 + min(senders_killed, SENT_AGAIN):
            verdict.fault("mails sent twice", f"{delivery['_id']} {times} times")
        if not times:
            verdict.fault("mails that never arrived", f"{delivery['_id']} {delivery['state']}")
    for message_id in sorted(accepted):
        verdict.fault("mails nobody decided on", message_id)
    copies = len(mails) - len({mail["message_id"] for mail in mails})
    if copies > senders_killed * AT_ONCE:
        verdict.fault(
            "more copies than mails in the hands of those killed", f"{copies} copies, {senders_killed} killed"
        )
    verdict.counted["copies in the gap after the dot"] = copies


def check_told_once(verdict: Verdict, arrived: Sequence[Document], peaks: Mapping[str, str]) -> None:
    """Nobody is told the same as news twice, in whatever mails, unless a mail called it off in between.

    What is news is a flag's episode at a severity: the gravest it has had, while the mail names the one of now.
    So a milder one may be told as news once more for every step the episode rose above it.
    """
    told: Counter[tuple[str, str, str]] = Counter()
    for delivery in sorted(arrived, key=lambda one: (one["recipient"], one["created_at"], one["tick_no"])):
        for alert in delivery["alerts"]:
            keys = {rank: (delivery["recipient"], alert["episode"], rank) for rank in SEVERITIES}
            if alert["status"] == facts.RESOLVED:
                for key in keys.values():
                    del told[key]
            elif alert["status"] == facts.NEWS:
                severity, peak = alert["severity"], peaks.get(alert["episode"], alert["severity"])
                told[keys[severity]] += 1
                if told[keys[severity]] > 1 + max(0, SEVERITIES.index(peak) - SEVERITIES.index(severity)):
                    what = f"{alert['flag']}#{alert['episode'][:8]}#{severity}"
                    verdict.fault("news told twice", f"{what} to {delivery['recipient']}")
    verdict.counted["news told"] = sum(told.values())
