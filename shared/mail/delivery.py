"""One mail on its way: states, retry times, and what each outcome changes.

`queued → leased → sent | uncertain | retry | failed_permanent | expired`. A mail is due at `next_at`;
a final state has none. `phase: dot` is written just before the final dot: a worker that died after
that leaves a mail nobody can be sure about, one that died before it leaves a mail that was not sent.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shared.clock import plus
from shared.mail.replies import Meaning, Phase, Reply, meaning
from shared.store.port import Change

Document = dict[str, Any]

QUEUED, LEASED, SENT, UNCERTAIN, RETRY, FAILED, EXPIRED = (
    "queued",
    "leased",
    "sent",
    "uncertain",
    "retry",
    "failed_permanent",
    "expired",
)
FINAL = (SENT, FAILED, EXPIRED)
_RETRY_S = (30, 120, 300, 900, 1800)
_HOUR_S = 3600
MISSED_AFTER_S = 900


@dataclass(frozen=True)
class Patience:
    """How long to try, in seconds, and how often a mail that may have arrived is sent again.

    Once only: a server that takes mails and answers too late would otherwise multiply every one. A mail
    that stays uncertain is visible as such, and open flags are repeated anyway.
    """

    give_up_s: float = 86_400
    pause_s: float = 300
    uncertain_critical_s: float = 60
    uncertain_s: float = 900
    resends: int = 1


def delivery_id(group: str, tick_no: int) -> str:
    """Return the id of a group's mail at a tick: same cause, same id, same Message-ID."""
    return hashlib.sha256(f"{group}|{tick_no}|flush".encode()).hexdigest()[:32]


def message_id(id_: str, domain: str) -> str:
    """Return the Message-ID every attempt of this mail carries."""
    return f"<{id_}@{domain}>"


def entry(state: str, at: str, worker: str, detail: str = "") -> Document:
    """Return one line of the append-only delivery log."""
    return {"state": state, "at": at, "by": worker, "detail": detail}


def before_dot(delivery: Mapping[str, Any], at: str, worker: str) -> Change:
    """Return the mark that says: from now on the mail may have arrived."""
    number = int(delivery["attempts"]) + 1
    return Change(
        set={"state": LEASED, "phase": "dot"},
        inc={"attempts": 1},
        append={"log": entry(LEASED, at, worker, f"attempt {number}")},
    )


def left_at_the_dot(delivery: Mapping[str, Any]) -> bool:
    """True for a claimed mail whose last worker vanished after the mark."""
    return delivery.get("phase") == "dot"


def after_reply(delivery: Mapping[str, Any], reply: Reply, at: str, worker: str, patience: Patience) -> Change:
    """Return the change an attempt's reply makes; the caller writes it under the fencing number."""
    what = meaning(reply)
    if what is Meaning.SENT:
        return _final(SENT, at, worker, reply, {"sent_at": at})
    if what in (Meaning.HARD_BOUNCE, Meaning.REFUSED):
        return _final(FAILED, at, worker, reply, {"failure": what.value})
    if what is Meaning.UNCERTAIN:
        return unsure(delivery, at, worker, patience)
    if what is Meaning.LOST_LEASE:
        return _later(RETRY, at, at, worker, reply)
    if what is Meaning.PAUSE:
        return _later(RETRY, plus(at, patience.pause_s), at, worker, reply)
    if at >= plus(delivery["created_at"], patience.give_up_s):
        return _final(EXPIRED, at, worker, reply, {})
    number = int(delivery.get("failures", 0))
    change = _later(RETRY, plus(at, retry_after_s(delivery["_id"], number)), at, worker, reply)
    return Change(set=change.set, unset=change.unset, append=change.append, inc={"failures": 1})


def missed(delivery: Mapping[str, Any], reply: Reply, change: Change, at: str) -> bool:
    """True when the recipient must count as out of reach, so that somebody else hears of the matter.

    The mail is refused or given up; or it is critical, and the recipient's mailbox (not the whole mail
    server, which takes no mail of a stand-in either) has put it off for a quarter of an hour.
    """
    if change.set["state"] in (FAILED, EXPIRED):
        return meaning(reply) is not Meaning.HARD_BOUNCE
    put_off = reply.phase is Phase.RCPT and reply.code is not None and meaning(reply) is Meaning.RETRY
    return put_off and delivery["route"] == "critical" and at >= plus(delivery["created_at"], MISSED_AFTER_S)


def unsure(delivery: Mapping[str, Any], at: str, worker: str, patience: Patience) -> Change:
    """Return the change for a mail that may have arrived: again with the same Message-ID, then never more."""
    wait_s = patience.uncertain_critical_s if delivery["route"] == "critical" else patience.uncertain_s
    log = {"log": entry(UNCERTAIN, at, worker, "connection or worker lost after the final dot")}
    if int(delivery.get("unsure", 0)) >= patience.resends:
        return Change(set={"state": UNCERTAIN}, unset=("next_at", "phase"), inc={"unsure": 1}, append=log)
    fields = {"state": UNCERTAIN, "next_at": plus(at, wait_s)}
    return Change(set=fields, unset=("phase",), inc={"unsure": 1}, append=log)


def undeliverable(at: str, worker: str, failure: str) -> Change:
    """Return the change for a mail that cannot be tried at all (`recipient_gone`, `suppressed`, `bad_address`)."""
    return Change(
        set={"state": FAILED, "failure": failure},
        unset=("next_at", "phase"),
        append={"log": entry(FAILED, at, worker, failure)},
    )


def queued_again(at: str, by: str) -> Change:
    """Return the change an operator's resend makes: due now, counted from now."""
    return Change(
        set={"state": QUEUED, "next_at": at, "created_at": at, "failures": 0, "unsure": 0},
        unset=("phase", "failure"),
        append={"log": entry(QUEUED, at, by, "resend")},
    )


def retry_after_s(id_: str, failures: int) -> float:
    """Return the wait after this many earlier failures: 30 s, 2, 5, 15, 30 min, then hourly ± 10 %.

    The jitter is derived from the id, so that a restart does not change it and mails spread out.
    """
    if failures < len(_RETRY_S):
        return _RETRY_S[failures]
    digest = hashlib.sha256(f"{id_}|{failures}".encode()).digest()
    return _HOUR_S * (0.9 + 0.2 * int.from_bytes(digest[:4], "big") / 0xFFFFFFFF)


def _final(state: str, at: str, worker: str, reply: Reply, more: Mapping[str, Any]) -> Change:
    return Change(
        set={"state": state, **more},
        unset=("next_at", "phase"),
        append={"log": entry(state, at, worker, reply.in_words())},
    )


def _later(state: str, next_at: str, at: str, worker: str, reply: Reply) -> Change:
    return Change(
        set={"state": state, "next_at": next_at},
        unset=("phase",),
        append={"log": entry(state, at, worker, reply.in_words())},
    )
