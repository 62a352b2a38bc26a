"""How far the desk has come with looking at what people write."""

from dataclasses import replace
from datetime import timedelta

import cases

from mailresponder.jobs.theming_progress import EVERY, Progress, fingerprint
from mailresponder.listening.taxonomy import Theme, taxonomy

LATE = Theme(key="late", names={"en": "Late"}, words={"en": ("delay",)})
TAXONOMY = taxonomy([LATE])
OTHER = taxonomy([replace(LATE, words={"en": ("delay", "late")})])
DONE = replace(Progress().begun(TAXONOMY, None, last=5000), below=0)


def test_it_comes_back_as_it_was_noted() -> None:
    """All of it; and where nothing was noted, nothing was looked at."""
    progress = DONE.searched(cases.NOON)
    assert Progress.from_json(progress.to_json()) == progress
    assert Progress.from_json(None) == Progress()
    assert Progress.from_json('{"looked": 7, "of_a_later_version": 1}') == Progress(looked=7)


def test_at_first_all_messages_are_looked_at() -> None:
    """From the newest down to the oldest."""
    begun = Progress().begun(TAXONOMY, "e5", last=70)
    assert (begun.below, begun.floor, begun.looked) == (71, 0, 70)
    assert begun.space == "e5"


def test_a_desk_without_messages_has_nothing_to_look_at() -> None:
    """Nothing is walked through."""
    assert Progress().begun(TAXONOMY, None, last=0).below == 0


def test_new_messages_are_looked_at_down_to_what_is_known() -> None:
    """And some below that: who had a lower number may have come later."""
    begun = DONE.begun(TAXONOMY, None, last=5010)
    assert (begun.below, begun.floor) == (5011, 4000)
    assert DONE.begun(TAXONOMY, None, last=5000) == DONE


def test_new_messages_come_first_while_old_ones_wait() -> None:
    """A walk that is under way goes down to where it meant to."""
    under_way = replace(DONE, below=300, floor=20)
    begun = under_way.begun(TAXONOMY, None, last=5001)
    assert (begun.below, begun.floor) == (5002, 20)


def test_other_words_make_all_be_looked_at_anew_and_other_names_nothing() -> None:
    """The digest tells; of names and owners only the rows are told."""
    assert DONE.begun(OTHER, None, last=5000).below == 5001
    renamed = taxonomy([replace(LATE, names={"en": "Delays"}, owner="ana@example.com")])
    begun = DONE.begun(renamed, None, last=5000)
    assert begun.below == 0
    assert begun.written == fingerprint(renamed) != DONE.written


def test_new_themes_are_looked_for_once_a_day_in_what_is_new() -> None:
    """When everything was looked at; and a clock that went back puts nothing off."""
    assert DONE.is_search_due(cases.NOON)
    assert not replace(DONE, below=7).is_search_due(cases.NOON)
    assert not replace(DONE, owing=True).is_search_due(cases.NOON)
    searched = replace(DONE.searched(cases.NOON), below=0)
    assert not searched.is_search_due(cases.NOON + EVERY)
    more = replace(searched.begun(TAXONOMY, None, last=5001), below=0)
    assert not more.is_search_due(cases.NOON + timedelta(hours=23))
    assert more.is_search_due(cases.NOON + EVERY)
    assert more.is_search_due(cases.NOON - timedelta(hours=1))


def test_once_a_day_all_is_walked_through_again() -> None:
    """For what was committed late."""
    searched = DONE.searched(cases.NOON)
    assert (searched.below, searched.floor, searched.finds) == (5001, 0, 1)
