"""How an anger is told at the command line: the score, the band, and the words that say so."""

from typing import Any

from mailresponder.cli import output


def heard(found: dict[str, Any], *, judged: bool = False) -> str:
    """What was heard in a text: `0.93, angry ("third time" +1.2); second opinion: +0.6`.

    `judged`: staff said what it is, so the score is only what was heard.
    """
    said = because(found)
    words = f" ({said})" if said else ""
    second = found.get("second_opinion")
    other = "" if second is None else f"; second opinion: {second:+.1f}"
    band = f"heard; counts as {found['band']}" if judged else found["band"]
    return f"{found['anger']:.2f}, {band}{words}{other}"


def because(found: dict[str, Any]) -> str:
    """The words with what each added to the log-odds of anger, strongest first; may be empty."""
    return ", ".join(
        f'"{output.one_line(text)}" {weight:+.1f}' for text, weight in found["because"]
    )


def of_ticket(ticket: dict[str, Any]) -> str:
    """The verdict on a ticket, and why: who said so, or the words that were heard."""
    rising = ", rising: the latest mail is angrier than the ones before it"
    told = rising if ticket["anger_rising"] else ""
    if ticket["judged_by"]:
        verdict = "angry" if ticket["angry"] else "not angry"
        by = output.one_line(ticket["judged_by"])
        return f"{verdict}, as {by} said (heard {ticket['anger']:.2f}){told}"
    said = because(ticket)
    return f"{ticket['anger']:.2f}, {ticket['band']}{told}" + (f" ({said})" if said else "")


def in_queue(ticket: dict[str, Any]) -> str:
    """The verdict in a table: `0.93 angry, rising`; `calm, judged` where staff said so."""
    rising = ", rising" if ticket["anger_rising"] else ""
    if ticket["judged_by"]:
        return f"{ticket['band']}, judged{rising}"
    return f"{ticket['anger']:.2f} {ticket['band']}{rising}"
