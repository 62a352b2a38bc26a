"""Writes into the history what became of template files by other hands than this program's."""

import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import datetime

from mailresponder.store import template_files
from mailresponder.store.template_files import Content
from mailresponder.store.template_history import BY_HAND
from mailresponder.store.template_places import Place
from mailresponder.store.templates import TemplateFolder
from mailresponder.templating import TemplateError

SAVING = 0.5
"""Seconds an editor may take that empties a file, or moves it away, before it writes it."""


def keep_changes(
    folder: TemplateFolder, now: datetime, *, pause: Callable[[float], None] = time.sleep
) -> None:
    """Keep each file that can be used and is not the newest of its history, that a file is gone,
    how a file failed on a real mail, and what passed the trial, for other processes and the next
    one. `pause` waits so many seconds before a file is taken for gone.

    Raises nothing: a folder that cannot be written costs its history, no mail.
    """
    try:
        if any(_unkept(folder)) or any(_gone(folder)) or folder.unkept_failures():
            with folder.history.locked(patient=False) as had:
                # Whoever has it is saving; the next pass looks again.
                if had:
                    if any(_gone(folder)):
                        pause(SAVING)
                    _keep(folder, now)
    except OSError as error:
        folder.history.complain(error)
    # Where it cannot be written, the next process tries once more: that costs time alone.
    with suppress(OSError):
        if folder.trials.unkept():
            with folder.history.locked(patient=False) as had:
                if had:
                    folder.trials.keep()


def keep(folder: TemplateFolder, place: Place, found: Content) -> None:
    """Put what a file holds into its history where it is not the newest there; the caller holds
    the lock. Raises OSError."""
    text = found.shown()
    newest = folder.history.newest(place)
    if newest is None or newest.text != text:
        try:
            folder.check(place, text)
            good = True
        except TemplateError:
            good = False
        folder.history.append(place, at=found.changed_at, by=BY_HAND, note="", text=text, good=good)


def _keep(folder: TemplateFolder, now: datetime) -> None:
    for place in list(_unkept(folder)):
        found = template_files.read(folder.path(place))
        keep(folder, place, found)
    for place in list(_gone(folder)):
        folder.history.append(place, at=now, by=BY_HAND, note="", text=None, good=True)
    for place, failure in folder.unkept_failures():
        folder.history.set_failure(place, failure)


def _unkept(folder: TemplateFolder) -> Iterable[Place]:
    for place in folder.places():
        held = folder.held(place)
        if held is not None and held.problem is None:
            newest = folder.history.newest(place)
            if newest is None or newest.text != held.text:
                yield place


def _gone(folder: TemplateFolder) -> Iterable[Place]:
    for place in folder.history.places():
        newest = folder.history.newest(place)
        if newest is not None and newest.text is not None and folder.held(place) is None:
            yield place
