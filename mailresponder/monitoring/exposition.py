"""What there is to tell, as metrics of Prometheus: names, words and numbers.

Labels are the names of mailboxes as configured and words from short fixed lists, never an address
or a text; so there are some forty series for each mailbox, and no more.
"""

import platform
from collections.abc import Iterable, Iterator
from datetime import datetime

from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

from mailresponder import __version__
from mailresponder.app import App
from mailresponder.app.tally import BOUNDS, FAILURES, RESULTS, Counts
from mailresponder.jobs import probe
from mailresponder.monitoring.looking import Look, Looker
from mailresponder.policy.facts import Outcome
from mailresponder.store.mailboxes import Way

_BOTH = (True, False)
_MAILS = ("queued", "sending", "failed")
_OUTCOMES = (*Outcome, "own")


def registry_of(app: App, looker: Looker) -> CollectorRegistry:
    """What is told of a desk and of this process."""
    registry = CollectorRegistry()
    registry.register(_Desk(app, looker))
    ProcessCollector(registry=registry)
    return registry


class _Desk(Collector):
    """Asked at each scrape."""

    def __init__(self, app: App, looker: Looker) -> None:
        self._app, self._looker = app, looker

    def collect(self) -> Iterable[Metric]:
        """Every metric there is."""
        look = self._looker.look()
        names = [mailbox.name for mailbox in self._app.config.mailboxes]
        counts = {name: self._app.tally.of(name) for name in names}
        yield from self._of_process(look)
        yield from _of_passes(counts)
        yield self._durations()
        if not look.error:
            yield from _of_mailboxes(names, look)
            yield from _of_tickets(names, look)
            yield from _of_waiting(names, look)

    def _of_process(self, look: Look) -> Iterator[Metric]:
        app = self._app
        build = GaugeMetricFamily(
            "mailresponder_build_info",
            "Which program this is; always 1.",
            labels=["version", "python", "database"],
        )
        build.add_metric([__version__, platform.python_version(), app.store.dialect], 1)
        yield build
        yield _one(
            "mailresponder_database_up",
            "Could the database be asked just now? 1 or 0.",
            not look.error,
        )
        yield _one(
            "mailresponder_configuration_outdated",
            "Is the configuration file no longer what this process works by? 1 or 0.",
            app.config.has_changed(),
        )
        yield _one(
            "mailresponder_started_timestamp_seconds",
            "When this process began.",
            self._looker.started_at.timestamp(),
        )

    def _durations(self) -> Metric:
        known = self._app.tally.durations()
        buckets, total = [], 0
        for bound, number in zip([*map(str, BOUNDS), "+Inf"], known.classes, strict=True):
            total += number
            buckets.append((bound, float(total)))
        return HistogramMetricFamily(
            "mailresponder_pass_duration_seconds",
            "How long passes took, over all mailboxes.",
            buckets=buckets,
            sum_value=known.seconds,
        )


def _of_passes(counts: dict[str, Counts]) -> Iterator[Metric]:
    yield _counted(
        "mailresponder_passes",
        "Passes of this process: ok, rested (a server was left alone), in_hand (of another "
        "process), failed.",
        "result",
        ((name, key, one.passes[key]) for name, one in counts.items() for key in RESULTS),
    )
    yield _counted(
        "mailresponder_failures",
        "Errors of the passes of this process, by their kind.",
        "kind",
        ((name, key, one.failures[key]) for name, one in counts.items() for key in FAILURES),
    )
    yield _counted(
        "mailresponder_mails_taken",
        "Mails that this process has read, by what became of them.",
        "outcome",
        ((name, str(key), one.taken[key]) for name, one in counts.items() for key in _OUTCOMES),
    )
    yield _counted(
        "mailresponder_mails_delivered",
        "Mails of ours in this process: sent, given_up, or postponed, which one may be often.",
        "result",
        (
            (name, key, number)
            for name, one in counts.items()
            for key, number in (
                ("sent", one.sent),
                ("given_up", one.given_up),
                ("postponed", one.postponed),
            )
        ),
    )
    yield _counted(
        "mailresponder_ticket_changes",
        "What passes of this process did to tickets: escalated, warned of a deadline, closed.",
        "change",
        (
            (name, key, number)
            for name, one in counts.items()
            for key, number in (
                ("escalated", one.escalated),
                ("warned", one.warned),
                ("closed", one.closed),
            )
        ),
    )
    last = _gauge(
        "mailresponder_last_pass_duration_seconds",
        "How long the last pass of this process over a mailbox took.",
    )
    for name, one in counts.items():
        if one.last_seconds is not None:
            last.add_metric([name], one.last_seconds)
    yield last


def _of_mailboxes(names: list[str], look: Look) -> Iterator[Metric]:
    ended = _gauge(
        "mailresponder_last_pass_timestamp_seconds",
        "When the last pass over a mailbox ended, whichever process made it.",
    )
    read = _gauge(
        "mailresponder_last_read_timestamp_seconds", "When a mailbox was last read to the end."
    )
    up = _gauge(
        "mailresponder_mailbox_up", "Can it be read, can it send? 1 or 0, by the last try.", "way"
    )
    on_time = _gauge(
        "mailresponder_passes_on_time",
        "Do passes over it come as often as they should, and end? 1 or 0.",
    )
    late = {one.mailbox for one in look.complaints if one.ill in probe.OF_PASSES}
    for name in names:
        on_time.add_metric([name], name not in late)
        state = look.states.get(name)
        for metric, at in (
            (ended, state.last_pass_at if state else None),
            (read, state.last_ok_at if state else None),
        ):
            if at is not None:
                metric.add_metric([name], at.timestamp())
        for way in Way:
            up.add_metric([name, way.value], state is None or state.fault(way) is None)
    yield from (ended, read, up, on_time)


def _of_tickets(names: list[str], look: Look) -> Iterator[Metric]:
    found = {(one.mailbox, one.angry): one for one in look.gauges.tickets}
    number = _gauge(
        "mailresponder_tickets_open", "Tickets in which a customer waits for us.", "angry"
    )
    overdue = _gauge(
        "mailresponder_tickets_overdue", "Open ones past their deadline, not snoozed.", "angry"
    )
    snoozed = _gauge("mailresponder_tickets_snoozed", "Open ones put off for now.", "angry")
    longest = _gauge(
        "mailresponder_longest_wait_seconds",
        "How long the customer waits who has waited longest; 0 where nobody does.",
        "angry",
    )
    for name in names:
        for angry in _BOTH:
            labels, one = [name, str(angry).lower()], found.get((name, angry))
            number.add_metric(labels, one.number if one else 0)
            overdue.add_metric(labels, one.overdue if one else 0)
            snoozed.add_metric(labels, one.snoozed if one else 0)
            longest.add_metric(labels, _past(one.waiting_since if one else None, look.at))
    yield from (number, overdue, snoozed, longest)


def _of_waiting(names: list[str], look: Look) -> Iterator[Metric]:
    mails = {(one.mailbox, one.state): one for one in look.gauges.mails}
    outbox = _gauge(
        "mailresponder_outbox_mails",
        "Mails to be sent, being sent, and given up (all that are still kept).",
        "state",
    )
    late = _gauge(
        "mailresponder_outbox_late_seconds",
        "How long the mail has been due that should have been sent first; 0 where none is.",
    )
    tasks = _gauge(
        "mailresponder_mailbox_tasks",
        "Flags, moves, copies and drafts to be done in the mailbox, and given up.",
        "state",
    )
    waiting = {one.mailbox: one for one in look.gauges.tasks}
    for name in names:
        for state in _MAILS:
            mail = mails.get((name, state))
            outbox.add_metric([name, state], mail.number if mail else 0)
        queued = mails.get((name, "queued"))
        late.add_metric([name], _past(queued.next_attempt_at if queued else None, look.at))
        task = waiting.get(name)
        tasks.add_metric([name, "pending"], task.pending if task else 0)
        tasks.add_metric([name, "failed"], task.failed if task else 0)
    yield from (outbox, late, tasks)


def _past(moment: datetime | None, now: datetime) -> float:
    return 0.0 if moment is None else max(0.0, (now - moment).total_seconds())


def _gauge(name: str, words: str, *labels: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, words, labels=["mailbox", *labels])


def _one(name: str, words: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, words, value=value)


def _counted(
    name: str, words: str, label: str, numbers: Iterable[tuple[str, str, int]]
) -> CounterMetricFamily:
    """A counter, which is exported as `<name>_total`."""
    metric = CounterMetricFamily(name, words, labels=["mailbox", label])
    for mailbox, key, number in numbers:
        metric.add_metric([mailbox, key], number)
    return metric
