"""New text of real replies and forwards, where the folder that holds them is named."""

from collections import Counter
from typing import Any

from corpus import entries

from mailresponder.mail.quoting import new_text


def words(text: str) -> list[str]:
    return text.split()


def f1(got: list[str], expected: list[str]) -> float:
    """How much of the words agrees, 0 to 1: the harmonic mean of precision and recall."""
    if not got or not expected:
        return float(got == expected)
    common = sum((Counter(got) & Counter(expected)).values())
    return 2 * common / (len(got) + len(expected))


def figures(replies: list[dict[str, Any]]) -> tuple[float, float]:
    """The share that is exactly right, white space apart, and the mean F1 of the words."""
    pairs = [(words(new_text(one["full"])), words(one["expected"])) for one in replies]
    exact = sum(got == expected for got, expected in pairs) / len(pairs)
    return exact, sum(f1(got, expected) for got, expected in pairs) / len(pairs)


def test_new_text_of_replies() -> None:
    """At least three of four replies are exactly right, and 90 % of their words; Spanish too."""
    replies = [one for one in entries("replies.jsonl") if one["type"] == "reply"]
    spanish = [one for one in replies if one["language"] == "es"]

    for name, some in (("all", replies), ("es", spanish)):
        exact, agreement = figures(some)
        shown = f"{name}: {len(some)} replies, exact {exact:.3f}, F1 {agreement:.3f}"
        assert exact >= 0.75, shown
        assert agreement >= 0.90, shown


def test_forwards_survive() -> None:
    """Of a forwarded mail, every word that should be there is."""
    forwards = [one for one in entries("replies.jsonl") if one["type"] == "forward"]
    lost = [
        one["id"]
        for one in forwards
        if Counter(words(one["expected"])) - Counter(words(new_text(one["full"])))
    ]

    survived = 1 - len(lost) / len(forwards)
    assert survived >= 0.98, f"{len(forwards)} forwards, {survived:.3f} survived; lost: {lost}"
