"""What narrows the queue down beside its search, each in words and with the path that takes it
away."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from mailresponder.store.searching_about import NO_THEME, About
from mailresponder.web import behind
from mailresponder.web.words import Words


@dataclass(frozen=True, kw_only=True, slots=True)
class Chip:
    """One thing that must hold of the tickets shown."""

    kind: str
    """Names it in `words/*/queue.toml`."""
    text: str
    """Its value; it may be a name that people gave."""
    without: About
    """All that is asked but this."""


def chips(
    about: About,
    w: Words,
    zone: ZoneInfo,
    *,
    themes: Mapping[str, str],
    defects: Mapping[int, str],
) -> Iterator[Chip]:
    """What is asked, one by one. `themes` and `defects`: their names; who has none is named by
    its key."""
    if about.theme:
        nothing = w("queue.no_theme") if about.theme == NO_THEME else about.theme
        name = themes.get(about.theme, nothing)
        yield Chip(kind="theme", text=name, without=replace(about, theme=""))
    if about.since or about.until:
        without = replace(about, since=None, until=None)
        yield Chip(kind="time", text=_time(about, w, zone), without=without)
    if about.defect is not None:
        name = defects.get(about.defect, str(about.defect))
        yield Chip(kind="defect", text=name, without=replace(about, defect=None))
    if about.waits:
        text = w(f"queue.waits_{about.waits}")
        yield Chip(kind="waits", text=text, without=replace(about, waits=""))


def _time(about: About, w: Words, zone: ZoneInfo) -> str:
    since = about.since.astimezone(zone).date() if about.since else None
    last = behind.last_day(about.until, zone) if about.until else None
    if since and last:
        return w("queue.from_to", since=since, last=last) if since != last else str(since)
    return w("queue.since", since=since) if since else w("queue.to", last=last)
