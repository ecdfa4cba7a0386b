"""Every order of steps of two senders with up to three deaths and any pause: how many copies can arrive."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from services.notify.handlers.sending import Sender, SendOptions
from shared.clock import from_text
from shared.mail.envelope import Envelope
from shared.mail.replies import Phase, Reply
from shared.store.port import Document
from tests.support.crashing import WRITES
from tests.support.fakes import MemoryStore
from tests.support.notify import World
from tests.support.taped import Tape

MOST_DEATHS = 3
LEASE_S = 120.0


@dataclass(frozen=True)
class Scene:
    """The only mail there is, what two workers have seen, the time, and what has happened so far."""

    mail: Document
    now: datetime
    tapes: tuple[Tape, Tape] = field(default_factory=lambda: (Tape(), Tape()))
    copies: int = 0
    deaths: int = 0

    def key(self) -> tuple[Any, ...]:
        """Everything that decides what can still happen; instants relative to now."""
        mail = tuple(self.mail.get(name) for name in ("state", "phase", "unsure", "failures"))
        due = tuple(self._until(self.mail.get(name)) for name in ("next_at", "lease_until"))
        workers = tuple(sorted(self._worker(tape) for tape in self.tapes))
        return (mail, due, workers, self.copies, self.deaths)

    def _worker(self, tape: Tape) -> tuple[Any, ...]:
        began = next((seen for seen in tape.seen if isinstance(seen, datetime)), self.now)
        fence = next((seen.fence for seen in tape.seen if hasattr(seen, "fence")), 0)
        young = (self.now - began).total_seconds() < LEASE_S / 2
        return (tuple(tape.steps), fence == self.mail.get("fence"), young)

    def _until(self, at: str | None) -> float | None:
        return None if at is None else max((from_text(at) - self.now).total_seconds(), 0.0)

    def later(self) -> datetime | None:
        """Return the next instant at which something falls due or runs out."""
        known = [from_text(at) for at in (self.mail.get("next_at"), self.mail.get("lease_until")) if at]
        return min((at for at in known if at > self.now), default=None)


class Explorer:
    """Runs the real sender from any scene to the next."""

    def __init__(self, base: World) -> None:
        self._base = base

    def following(self, scene: Scene) -> Iterator[Scene]:
        """Yield every scene that one step, one death or the passing of time can lead to."""
        alike = scene.tapes[0].steps == scene.tapes[1].steps == []
        for number in (0,) if alike else (0, 1):
            busy = bool(scene.tapes[number].steps)
            if busy or self._claimable(scene):
                yield self._stepped(scene, number)
            if busy and scene.deaths < MOST_DEATHS:
                yield replace(scene, tapes=_with(scene.tapes, number, Tape()), deaths=scene.deaths + 1)
        later = scene.later()
        if later is not None:
            yield replace(scene, now=later)

    def _claimable(self, scene: Scene) -> bool:
        due, lease = (scene.mail.get(name) for name in ("next_at", "lease_until"))
        return bool(due) and from_text(due) <= scene.now and (not lease or from_text(lease) <= scene.now)

    def _stepped(self, scene: Scene, number: int) -> Scene:
        outside = Outside(self._base, scene)
        tape = copy.deepcopy(scene.tapes[number])
        ended = tape.play(lambda tape: outside.sender(tape, f"worker-{number}").step())
        tapes = _with(scene.tapes, number, Tape() if ended else tape)
        return replace(scene, mail=outside.mail(), tapes=tapes, copies=scene.copies + outside.arrived)


def _with(tapes: tuple[Tape, Tape], number: int, tape: Tape) -> tuple[Tape, Tape]:
    return (tape, tapes[1]) if number == 0 else (tapes[0], tape)


class Outside:
    """Everything around a sender in one scene."""

    def __init__(self, base: World, scene: Scene) -> None:
        self._base, self._scene = base, scene
        self._store = MemoryStore()
        self._store.collection("deliveries").insert(scene.mail)
        self.arrived = 0

    def mail(self) -> Document:
        """Return the mail as it is now."""
        return self._store.collection("deliveries").find({})[0]

    def sender(self, tape: Tape, owner: str) -> Sender:
        """Return a sender that sees the world through the tape."""
        n = self._base.notify
        self._tape = tape
        options = SendOptions(owner, self._base.settings.patience(), lease_s=LEASE_S)
        return Sender(
            self,  # type: ignore[arg-type]
            n.people,
            n.groups,
            self,
            self,
            self,
            options,
            monotonic=lambda: self.now().timestamp(),
            wait=lambda _seconds: None,
        )

    def now(self) -> datetime:
        at: datetime = self._tape.read(lambda: self._scene.now)
        return at

    def envelope(self, _delivery: Any, account: Any) -> Envelope:
        return Envelope("peilung@example.org", account.email, b"")

    def send(self, _envelope: Any, commit: Any) -> Reply:
        if not commit():
            return Reply(Phase.ABORTED)
        self._tape.step("checked", lambda: True)  # a pause between the last check and the dot is possible too
        self._tape.step("dot", self._arrive)
        return Reply(Phase.DOT, 250)

    def _arrive(self) -> bool:
        self.arrived += 1
        return True

    def collection(self, name: str) -> Any:
        return _Taped(self._store.collection(name), self._tape)


class _Taped:
    def __init__(self, collection: Any, tape: Tape) -> None:
        self._collection, self._tape = collection, tape

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._collection, name)
        through = (lambda act: self._tape.step(name, act)) if name in WRITES else self._tape.read
        return lambda *args, **options: through(lambda: method(*args, **options))


def explore(first: Scene, explorer: Explorer) -> dict[tuple[Any, ...], Scene]:
    """Return every scene that can be reached."""
    found = {first.key(): first}
    todo = [first]
    while todo:
        for scene in explorer.following(todo.pop()):
            if scene.key() not in found:
                found[scene.key()] = scene
                todo.append(scene)
    return found


@pytest.mark.slow
def test_whatever_two_senders_and_three_deaths_do_no_mail_has_more_than_two_copies_and_none_is_lost_unseen() -> None:
    base = World()
    base.flag("F-A")
    base.flusher().step()
    (mail,) = base.deliveries()
    explorer = Explorer(base)

    found = explore(Scene({**mail, "alerts": [], "log": []}, base.clock.now() + timedelta(seconds=1)), explorer)

    assert len(found) > 500
    assert max(scene.copies for scene in found.values()) == 2
    ends = [scene for scene in found.values() if not list(explorer.following(scene))]
    assert ends
    assert all(scene.copies or scene.mail["state"] == "uncertain" for scene in ends)
