"""Whatever crashes, repeats, overtakes or is forgotten: every staged event is handled, and outboxes get empty."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from shared.clock import FixedClock, to_text
from shared.errors import BusUnavailable
from shared.events import Event
from shared.outbox import Receipts, Relay, stage
from shared.store.port import Change
from tests.support.bus import AT, submission_received
from tests.support.fakes import ListPublisher, MemoryStore

CONFIRMED, UNCONFIRMED = "submission.received", "indicators.computed"
PLACES = st.integers(0, 2)


class Crash(Exception):
    """The process ends here."""


class Outbox(RuleBasedStateMachine):
    """Writers, two relays, a bus that repeats, reorders and forgets, consumers and receipts."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = FixedClock(datetime(2026, 2, 1, tzinfo=UTC))
        self.store = MemoryStore()
        self.documents = self.store.collection("submissions")
        self.receipts = Receipts(self.store, ["submissions"])
        self.publisher = ListPublisher()
        self.relays = [Relay(self.documents, self.publisher, self.clock, f"relay-{number}") for number in range(2)]
        self.bus: list[Event] = []
        self.receipts_on_the_way: list[Event] = []
        self.staged: dict[str, Event] = {}
        self.reached: set[str] = set()
        self.written = 0
        self.unconfirmed: dict[int, list[str]] = {}

    @rule(place=PLACES, name=st.sampled_from([CONFIRMED, UNCONFIRMED]))
    def write(self, place: int, name: str) -> None:
        """A writer stages one event with compare-and-set."""
        self.written += 1
        number = self.written
        event = submission_received(number, id=f"e-{number}", origin=f"submissions/{place}")
        if name == UNCONFIRMED:
            data = {"programme": "p", "site": "s", "wave": "w", "as_of_seq": number, "values": []}
            event = Event(UNCONFIRMED, data, "p/s", "scoring", f"e-{number}", AT)
            for earlier in self.unconfirmed.pop(place, []):
                if earlier not in self.reached:
                    del self.staged[earlier]
            self.unconfirmed[place] = [event.id]
        self._stage(place, event)
        self.staged[event.id] = event

    def _stage(self, place: int, event: Event) -> None:
        document = self.documents.get(str(place))
        fields = stage(document, [event], to_text(self.clock.now()))
        if document is None:
            self.documents.insert({"_id": str(place), **fields})
        else:
            assert self.documents.update_if(str(place), {"outbox_rev": document["outbox_rev"]}, Change(set=fields))

    @rule(
        relay=st.integers(0, 1),
        what=st.sampled_from(["well", "refused", "confirmation lost", "crash before", "crash after"]),
        meanwhile=st.sampled_from(["nothing", "write", "receipts", "other relay", "time"]),
        place=PLACES,
    )
    def relay(self, relay: int, what: str, meanwhile: str, place: int) -> None:
        """A relay handles one document; something goes wrong or happens in the middle."""

        def in_the_middle() -> None:
            self.publisher.before = self.publisher.after = lambda _event: None
            if meanwhile == "write":
                self.write(place, CONFIRMED)
            elif meanwhile == "receipts":
                self.deliver(place, again=True)
                self.confirm(place, again=True)
            elif meanwhile == "other relay":
                self.relays[1 - relay].run_once(limit=1)
            elif meanwhile == "time":
                self.clock.advance(seconds=15)
                self.relays[1 - relay].run_once(limit=1)

        def before(_event: Event) -> None:
            if what in ("refused", "crash before"):
                raise BusUnavailable(what) if what == "refused" else Crash

        def after(_event: Event) -> None:
            self._arrive()
            in_the_middle()
            if what in ("confirmation lost", "crash after"):
                raise BusUnavailable(what) if what == "confirmation lost" else Crash

        self.publisher.before, self.publisher.after = before, after
        try:
            self.relays[relay].run_once(limit=1)
        except (BusUnavailable, Crash):
            pass
        finally:
            self.publisher.before = self.publisher.after = lambda _event: None
            self._arrive()

    def _arrive(self) -> None:
        self.bus += self.publisher.events
        self.reached |= {event.id for event in self.publisher.events if event.name == UNCONFIRMED}
        self.publisher.events.clear()

    @rule(which=st.integers(0, 50), again=st.booleans())
    def deliver(self, which: int, again: bool) -> None:
        """The consumer handles any message, perhaps not for the last time, and sends its receipt."""
        if self.bus:
            event = self.bus[which % len(self.bus)]
            if not again:
                self.bus.remove(event)
            self.reached.add(event.id)
            data = {"event_id": event.id, "origin": event.origin, "by": "scoring"}
            if event.origin:
                self.receipts_on_the_way.append(Event("handled.intake", data, "p", "scoring", f"r-{event.id}", AT))

    @rule(which=st.integers(0, 50), again=st.booleans())
    def confirm(self, which: int, again: bool) -> None:
        """The producer handles any receipt, perhaps not for the last time."""
        if self.receipts_on_the_way:
            receipt = self.receipts_on_the_way[which % len(self.receipts_on_the_way)]
            if not again:
                self.receipts_on_the_way.remove(receipt)
            self.receipts.on_handled(receipt)

    @rule()
    def the_bus_forgets_everything(self) -> None:
        """Messages and receipts on the way are gone."""
        self.bus.clear()
        self.receipts_on_the_way.clear()

    @rule(seconds=st.sampled_from([1, 11, 61, 4000]))
    def time_passes(self, seconds: int) -> None:
        """Leases run out, resends come due."""
        self.clock.advance(seconds=seconds)

    @invariant()
    def what_was_not_handled_is_still_in_an_outbox(self) -> None:
        kept = {entry["event"]["id"] for document in self.documents.find({}) for entry in document.get("outbox") or []}
        assert set(self.staged) - self.reached <= kept

    @invariant()
    def a_document_is_due_exactly_while_its_outbox_holds_something(self) -> None:
        for document in self.documents.find({}):
            assert bool(document.get("outbox")) == ("outbox_due" in document)

    def teardown(self) -> None:
        """With nothing going wrong any more, everything comes to rest."""
        for _ in range(3):
            self.clock.advance(hours=2)
            while self.relays[0].run_once():
                self._arrive()
            while self.bus:
                self.deliver(0, again=False)
            while self.receipts_on_the_way:
                self.confirm(0, again=False)
        assert self.reached >= set(self.staged)
        assert all(not document.get("outbox") for document in self.documents.find({}))


Outbox.TestCase.settings = settings(
    max_examples=80, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
)
TestOutbox = Outbox.TestCase
