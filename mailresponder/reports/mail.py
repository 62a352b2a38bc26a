"""The weekly mail: a report's subject, its HTML with pictures, and a text part that says the same.

Also the report as a file for the browser, which holds its pictures itself.
"""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mailresponder.mail.message import Picture
from mailresponder.reports import pictures, text
from mailresponder.reports.document import Shown, document
from mailresponder.reports.pictures import Drawn
from mailresponder.reports.report import Report
from mailresponder.reports.words import Words

WIDTH = 76
"""Columns of the text part."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Letter:
    """What a mail says, whoever gets it."""

    language: str
    subject: str
    text: str
    html: str
    pictures: tuple[Picture, ...]


def letter(report: Report, words: Words, *, domain: str, link: str = "") -> Letter:
    """A report as a mail; its pictures are named at this domain. `link`: where its page is."""
    drawn = pictures.drawn(report, words)
    cids = {one.name: f"report-{_in_names(one)}@{domain}" for one in drawn}
    html, told = body(report, words, cids, drawn=drawn, link=link)
    return Letter(
        language=words.language,
        subject=words("mail.subject", desk=report.desk, period=words.period(report)),
        text=told,
        html=html,
        pictures=tuple(
            Picture(
                cid=cids[one.name],
                filename=f"{_in_names(one)}.png",
                content_type="image/png",
                content=one.png,
            )
            for one in drawn
        ),
    )


def body(
    report: Report,
    words: Words,
    picture_cids: Mapping[str, str],
    *,
    drawn: Sequence[Drawn] = (),
    link: str = "",
) -> tuple[str, str]:
    """HTML and text of the mail; `picture_cids` gives the Content-ID of each picture in it."""
    shown = {
        one.name: Shown(title=one.title, alt=one.alt, source=f"cid:{picture_cids[one.name]}")
        for one in drawn
    }
    told = text.told(report, words, width=WIDTH)
    if link:
        told += f"\n{words('mail.link')}:\n{link}\n"
    return document(report, words, pictures=shown, link=link), told


def for_browser(report: Report, words: Words, *, link: str = "") -> str:
    """An HTML file that needs nothing beside it."""
    shown = {
        one.name: Shown(title=one.title, alt=one.alt, source=_data(one.png))
        for one in pictures.drawn(report, words)
    }
    return document(report, words, pictures=shown, link=link)


def _in_names(one: Drawn) -> str:
    return one.name.replace("_", "-")


def _data(png: bytes) -> str:
    return f"data:image/png;base64,{b64encode(png).decode('ascii')}"
