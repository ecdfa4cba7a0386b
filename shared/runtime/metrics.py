"""Every metric of the platform is declared here: name, unit, few labels, never an id or an address."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

OUTBOX_PUBLISHED = Counter("outbox_published_total", "Events the relay published, confirmed by the bus", ["service"])
OUTBOX_OLDEST = Gauge("outbox_oldest_seconds", "Age of the oldest event the relay has not yet published", ["service"])
PUBLISH_FAILURES = Counter("publish_failures_total", "Publishes that were not confirmed", ["reason"])
CONSUMER_MESSAGES = Counter("consumer_messages_total", "Messages settled, by outcome", ["queue", "outcome"])
CONSUMER_HANDLER_SECONDS = Histogram("consumer_handler_seconds", "Time to settle one message", ["queue"])
CONSUMER_PAUSED = Gauge("consumer_paused", "1 while a consumer waits for something that is away", ["reason"])
RETRIES = Counter("retries_total", "Messages sent to wait for another attempt", ["rung"])
PARKED_DEPTH = Gauge("dlq_depth", "Messages parked and waiting for a decision", ["queue"])
CELLS_DIRTY = Gauge("scoring_dirty_cells", "Cells that wait to be computed, looked up every 15 seconds")
CELL_SECONDS = Histogram("scoring_recompute_seconds", "Time to compute one cell and the flags that follow from it")
FLAG_TRANSITIONS = Counter("scoring_transitions_total", "Flag transitions told", ["kind", "severity"])
MAIL_ATTEMPTS = Counter("mail_attempts_total", "Delivery attempts, by what the answer meant", ["outcome"])
MAIL_PAUSED = Gauge("mail_channel_paused", "1 while the mail server refuses us as a whole")
MAIL_OVERDUE = Gauge("mail_overdue", "Mails due for more than two minutes that nobody has tried")
