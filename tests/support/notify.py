"""Notify in one process under a clock that tests move, and a timeline that counts every mail."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, cast

from services.notify.app import Notify
from services.notify.config import NotifySettings
from services.notify.documents import ALERTS, DELIVERIES, GROUPS
from services.notify.handlers.flushing import Flusher, FlushOptions
from services.notify.handlers.sending import Sender, SendOptions
from shared.clock import FixedClock, from_text, to_text
from shared.events import Event
from shared.mail.envelope import Envelope
from shared.mail.replies import Phase, Reply
from shared.programme.json_form import programme_to_json
from shared.programme.model import Flag, Measure, Programme, Wave
from shared.store.port import Document, Store
from tests.support.fakes import MemoryStore

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
PROGRAMME, SITE = "house-of-resources", "musterstadt"
SENT = Reply(Phase.DOT, 250, "2.0.0")
_numbers = itertools.count(1)


def notify_settings(**changes: Any) -> NotifySettings:
    """Return settings with round times: critical 0/300/86400 s, warnings 900/3600/604800 s."""
    given: dict[str, Any] = {
        "store_url": "sqlite:////nowhere/notify.db",
        "bus_url": "sqlite:////nowhere/bus.db",
        "secret_key": "k" * 40,
        "public_url": "https://peilung.example.org",
        "smtp_url": "smtp://127.0.0.1:25?from=peilung@example.org",
        "secure_cookies": False,
        "critical_wait_s": 0.0,
    }
    return NotifySettings(**{**given, **changes})


class FakeMailer:
    """The Mailer port; keeps what it took. `replies` answers by address, else everything is taken."""

    def __init__(self, clock: FixedClock) -> None:
        self._clock = clock
        self.sent: list[tuple[str, Envelope]] = []
        self.replies: dict[str, list[Reply]] = {}
        self.before_dot: Callable[[], None] = lambda: None

    def send(self, envelope: Envelope, commit: Callable[[], bool]) -> Reply:
        """Take or refuse a mail as told; what passes the dot counts as arrived."""
        planned = self.replies.get(envelope.recipient) or [SENT]
        reply = planned.pop(0) if len(planned) > 1 else planned[0]
        if reply.phase is not Phase.DOT:
            return reply
        self.before_dot()
        if not commit():
            return Reply(Phase.ABORTED)
        if reply.code is None or reply.code < 300:
            self.sent.append((to_text(self._clock.now()), envelope))
        return reply

    def messages(self) -> list[EmailMessage]:
        """Return the mails taken, parsed, in order."""
        parsed = (message_from_bytes(envelope.body, policy=policy.default) for _, envelope in self.sent)
        return [cast(EmailMessage, message) for message in parsed]


@dataclass
class Mail:
    """One mail that arrived, as facts."""

    after_s: float
    to: str
    reason: str
    route: str
    firing: list[str]
    resolved: list[str]
    delivery: Document


class World:
    """Notify on a store of its own, with one consultant (`cora`) and one site, at Monday 09:00 UTC."""

    def __init__(self, store: Store | None = None, **settings: Any) -> None:
        self.clock = FixedClock(START)
        self.store = store or MemoryStore()
        self.settings = notify_settings(**settings)
        self.notify = Notify(self.settings, self.store, self.clock, owner="test")
        self.notify.migrate()
        self.mailer = FakeMailer(self.clock)
        self.handlers = self.notify.handlers()
        self._seq = itertools.count(1)
        self.account("cora", role="consultant", sites=[SITE])
        self.site(SITE)

    def deliver(self, name: str, data: Mapping[str, Any]) -> Event:
        """Hand an event to its handler, as the consumer would."""
        event = self.event(name, data)
        self.handlers[name](event)
        return event

    def event(self, name: str, data: Mapping[str, Any]) -> Event:
        """Return an event of now."""
        subject = f"{data.get('programme', '-')}/{data.get('site', '-')}"
        return Event(name=name, data=data, subject=subject, source="test", id=f"e{next(_numbers)}", time=self.now())

    def account(self, id_: str, *, role: str, sites: Sequence[str] = ("*",), **more: Any) -> None:
        """Publish an account with one role in the programme."""
        grant = {"role": role, "programme": PROGRAMME, "sites": list(sites)}
        grant |= {name: more.pop(name) for name in ("topics", "lead") if name in more}
        data = {"email": f"{id_}@example.org", "name": f"{id_.title()} Beispiel", "language": "de", "active": True}
        data |= {"account": id_, "revision": next(_numbers), "roles": [grant], **more}
        self.deliver("account.changed", data)

    def site(self, code: str, **more: Any) -> None:
        """Publish a site."""
        name = {"de": code.title(), "en": code.title()}
        data = {"programme": PROGRAMME, "site": code, "revision": next(_numbers), "name": name, "features": {}}
        self.deliver("site.changed", {**data, "active": True, "timezone": "Europe/Berlin", **more})

    def programme(
        self,
        title: str = "House of Resources",
        hidden: Mapping[str, tuple[str, ...]] | None = None,
        unit: str = "Standort",
    ) -> None:
        """Publish a programme with this title, a wave and a measure that the flags of `flag` mention.

        `hidden` defines flags that are hidden from these roles.
        """
        rules = tuple(Flag(flag, {"de": flag}, "report", hidden_from=roles) for flag, roles in (hidden or {}).items())
        wave = Wave("2026-H1", 2, {"de": "1. Halbjahr 2026", "en": "First half of 2026"}, (), *["2026-01-01"] * 5)
        measure = Measure("M5", {"de": "Fachtelefonat zur Abrechnung", "en": "Call about accounting"})
        programme = Programme(
            id=PROGRAMME,
            version="1",
            title={"de": title, "en": title},
            languages=("de", "en"),
            unit="site",
            unit_label={"de": unit, "en": "site"},
            waves=(wave,),
            sites=(),
            forms=(),
            scales=(),
            indicators=(),
            flags=rules,
            measures=(measure,),
            topics={},
        )
        data = {"programme": PROGRAMME, "version": "1", "revision": next(_numbers)}
        self.deliver("programme.published", {**data, "definition": programme_to_json(programme)})

    def flag(self, flag: str, state: str = "raised", *, kind: str = "", episode: str = "", **more: Any) -> Event:
        """Hand in a transition of a flag; `seq` counts on by itself."""
        data = flag_data(flag, state, episode=episode or f"{flag}-1", at=self.now(), seq=next(self._seq), **more)
        return self.deliver(kind or f"flag.{state}", data)

    def now(self) -> str:
        """Return the current instant."""
        return to_text(self.clock.now())

    def flusher(self, owner: str = "test") -> Flusher:
        """Return a group worker."""
        n = self.notify
        options = FlushOptions(owner, "example.org", self.settings.send_resolved)
        return Flusher(self.store, n.people, n.groups, n.routes, self.clock, options)

    def sender(self, owner: str = "test", mailer: Any = None, **options: Any) -> Sender:
        """Return a sender on the fake mailer."""
        n = self.notify
        return Sender(
            self.store,
            n.people,
            n.groups,
            mailer or self.mailer,
            n.renderer,
            self.clock,
            SendOptions(owner, self.settings.patience(), **options),
            monotonic=lambda: self.clock.now().timestamp(),
            wait=lambda seconds: self.clock.advance(seconds=seconds),
        )

    def work(self) -> None:
        """Do everything that is due now."""
        flusher, sender = self.flusher(), self.sender()
        while flusher.step() or sender.step():
            pass

    def run_until(self, after_s: float) -> None:
        """Let time pass until this many seconds after the start, stopping wherever something is due."""
        end = START + timedelta(seconds=after_s)
        while True:
            self.work()
            due = [at for at in self._due() if at > self.now()]
            upcoming = min((from_text(at) for at in due), default=end)
            if upcoming >= end:
                self._move(end)
                self.work()
                return
            self._move(upcoming)

    def _move(self, to: datetime) -> None:
        self.clock.advance(seconds=max(0.0, (to - self.clock.now()).total_seconds()))

    def _due(self) -> list[str]:
        found = [d.get("next_flush_at") for d in self.documents(GROUPS.name)]
        found += [d.get("next_at") for d in self.documents(DELIVERIES.name)]
        found += [d.get("lease_until") for d in self.documents(DELIVERIES.name) + self.documents(GROUPS.name)]
        found += [c.get("paused_until") for c in self.documents("channels")]
        return [at for at in found if at]

    def documents(self, collection: str) -> list[Document]:
        """Return every document of a collection."""
        return self.store.collection(collection).find({})

    def alert(self, episode: str) -> Document:
        """Return an alert."""
        found = self.store.collection(ALERTS.name).get(episode)
        assert found is not None
        return found

    def deliveries(self) -> list[Document]:
        """Return every delivery, oldest first."""
        return self.store.collection(DELIVERIES.name).find({}, sort=("created_at",))

    def mails(self) -> list[Mail]:
        """Return what arrived, as facts, in order."""
        found = []
        for at, envelope in self.mailer.sent:
            message = message_from_bytes(envelope.body, policy=policy.default)
            delivery = self.store.collection(DELIVERIES.name).get(str(message["X-Alert-Id"]))
            assert delivery is not None
            firing = [a["flag"] for a in delivery["alerts"] if a["status"] != "resolved"]
            resolved = [a["flag"] for a in delivery["alerts"] if a["status"] == "resolved"]
            after_s = (from_text(at) - START).total_seconds()
            to, reason, route = envelope.recipient, delivery["reason"], delivery["route"]
            found.append(Mail(after_s, to, reason, route, firing, resolved, delivery))
        return found


@dataclass
class Timeline:
    """`push` what happens when, `want` what must arrive between two times; every other mail is a fault."""

    world: World = field(default_factory=World)
    _pushed: list[tuple[float, Callable[[], object]]] = field(default_factory=list)
    _wanted: list[tuple[float, float, tuple[str, ...], tuple[str, ...]]] = field(default_factory=list)

    def at(self, after_s: float, action: Callable[[], object]) -> Timeline:
        """Do something at this time."""
        self._pushed.append((after_s, action))
        return self

    def push(self, after_s: float, flag: str, state: str = "raised", **more: Any) -> Timeline:
        """Hand in a transition at this time."""
        return self.at(after_s, lambda: self.world.flag(flag, state, **more))

    def want(self, start_s: float, end_s: float, firing: Sequence[str] = (), resolved: Sequence[str] = ()) -> Timeline:
        """One mail between the two times (both inclusive) with exactly these flags."""
        self._wanted.append((start_s, end_s, tuple(sorted(firing)), tuple(sorted(resolved))))
        return self

    def check(self, until_s: float) -> None:
        """Run it all. Raises AssertionError unless exactly the wanted mails arrived."""
        for after_s, action in sorted(self._pushed, key=lambda item: item[0]):
            if from_text(self.world.now()) < START + timedelta(seconds=after_s):
                self.world.run_until(after_s)
            action()
        self.world.run_until(until_s)
        left = [(m.after_s, tuple(sorted(m.firing)), tuple(sorted(m.resolved))) for m in self.world.mails()]
        for start_s, end_s, firing, resolved in self._wanted:
            match = next((m for m in left if start_s <= m[0] <= end_s and m[1:] == (firing, resolved)), None)
            assert match is not None, f"no mail {firing} / {resolved} between {start_s} and {end_s}; there were {left}"
            left.remove(match)
        assert not left, f"mails nobody wanted: {left}"


def flag_data(flag: str, state: str, *, episode: str, at: str, seq: int, **more: Any) -> dict[str, Any]:
    """Return the data of a flag event; `severity` defaults to critical."""
    history = [{"wave": "2025-H2", "value": 12.0}, {"wave": "2026-H1", "value": 34.25}]
    value = {"name": "H15", "label": {"de": "Überfällige Nachweise", "en": "Overdue proofs"}, "value": 34.25}
    return {
        "programme": PROGRAMME,
        "site": SITE,
        "wave": "2026-H1",
        "flag": flag,
        "episode_id": episode,
        "transition_seq": seq,
        "state": state,
        "severity": "critical",
        "previous_severity": None,
        "label": {"de": f"Hinweis {flag}", "en": f"Flag {flag}"},
        "topic": "accounting",
        "support": ["M5"],
        "hidden_from": [],
        "values": [{**value, "unit": "%", "history": history}],
        "rule": {"de": "Überfällige Nachweise über 30 %", "en": "overdue proofs above 30%"},
        "counterfactual": {"de": "Der Hinweis endet bei höchstens 10 %.", "en": "The flag ends at 10% or less."},
        "occurred_at": at,
        **more,
    }
