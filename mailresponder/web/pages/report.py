"""The page `/report`: what customers said in some time, added up, with the tickets behind every
number; and the same as files. It is counted anew each time it is asked for."""

import json

from starlette.responses import Response

from mailresponder.errors import MailresponderError
from mailresponder.jobs import reports
from mailresponder.reports.as_csv import as_csv
from mailresponder.reports.as_json import as_json
from mailresponder.reports.figures import DEFINITIONS
from mailresponder.reports.period import Period
from mailresponder.reports.report import Report, Unit, Verdict
from mailresponder.reports.words import Words
from mailresponder.templating import wording
from mailresponder.web import behind, named
from mailresponder.web.asking import Asked
from mailresponder.web.report_view import OWN, PERIODS, Choice, View, choice, time_of
from mailresponder.web.routing import route
from mailresponder.web.site import Site

_SIGNS = {Verdict.MORE: "▲", Verdict.LESS: "▼", Verdict.ALIKE: "≈", Verdict.TOO_FEW: "·"}

_MOST_THEMES = 8
_MOST_FIGURES = 8
_MOST_PARTS = 6
"""So many are in sight; the others unfold."""
_NEUTRAL = ("mood", "answered", "more_mail", "less_mail", "silent")
"""Kinds of headlines that are neither good news nor bad."""


def show(site: Site, asked: Asked) -> Response:
    """The report that the query asks for."""
    config, w = site.app.config, asked.words
    chosen, problem = choice(asked.query), ""
    zone = config.desk.timezone
    try:
        time = time_of(chosen, now=asked.now, zone=zone)
    except ValueError:
        time, problem = time_of(Choice(), now=asked.now, zone=zone), w("report.no_such_time")
    report = _made(site, asked, chosen, time)
    with site.app.store.read() as conn:
        choices = named.choices(conn, config, w.language)
        mailboxes = reports.mailboxes(conn, config)
    view = View(report=report, chosen=chosen)
    return site.show(
        asked,
        "report.html.j2",
        status=400 if problem else 200,
        problem=problem,
        t=Words(w.language),
        report=report,
        view=view,
        chosen=chosen,
        is_narrowed=chosen != Choice(period=chosen.period),
        periods=[*PERIODS, OWN],
        first=report.since.astimezone(zone).date(),
        last=behind.last_day(report.until, zone),
        mailboxes=mailboxes,
        spoken=config.desk.languages,
        choices=choices,
        theme_name=dict(choices).get(chosen.theme, chosen.theme),
        figure_paths=view.figures(),
        sources={key: one.source for key, one in DEFINITIONS.items()},
        signs=_SIGNS,
        most_themes=_MOST_THEMES,
        most_figures=_MOST_FIGURES,
        most_parts=_MOST_PARTS,
        neutral=_NEUTRAL,
        months=wording.WORDS[w.language].months,
        Unit=Unit,
    )


def as_table(site: Site, asked: Asked) -> Response:
    """The report as CSV."""
    report = _of(site, asked, with_quotes=False)
    # A mark at the beginning tells spreadsheets that it is UTF-8.
    content = as_csv(report, asked.words.language).encode("utf-8-sig")
    return _file(report, content, "csv", "text/csv; charset=utf-8")


def as_data(site: Site, asked: Asked) -> Response:
    """The report as JSON."""
    report = _of(site, asked, with_quotes=True)
    content = json.dumps(as_json(report), ensure_ascii=False, indent=2).encode()
    return _file(report, content, "json", "application/json")


def _of(site: Site, asked: Asked, *, with_quotes: bool) -> Report:
    chosen = choice(asked.query)
    zone = site.app.config.desk.timezone
    try:
        time = time_of(chosen, now=asked.now, zone=zone)
    except ValueError:
        raise MailresponderError(asked.words("report.no_such_time")) from None
    return _made(site, asked, chosen, time, with_quotes=with_quotes)


def _made(
    site: Site, asked: Asked, chosen: Choice, time: Period, *, with_quotes: bool = True
) -> Report:
    if chosen.mailbox:
        with site.app.store.read() as conn:
            known = reports.mailboxes(conn, site.app.config)
        if chosen.mailbox not in known:
            unknown = asked.words("templates.unknown_mailbox", mailbox=chosen.mailbox)
            raise MailresponderError(unknown)
    return reports.made(
        site.app.store,
        site.app.config,
        now=asked.now,
        period=time,
        mailbox=chosen.mailbox or None,
        language=chosen.language or None,
        theme=chosen.theme or None,
        with_quotes=with_quotes,
    )


def _file(report: Report, content: bytes, ending: str, kind: str) -> Response:
    first = report.since.astimezone(report.zone).date()
    name = f"report-{first}-{behind.last_day(report.until, report.zone)}.{ending}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=kind, headers=headers)


ROUTES = (
    route("/report", show),
    route("/report.csv", as_table),
    route("/report.json", as_data),
)
