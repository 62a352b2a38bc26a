"""The page `/themes`: what customers write about, as it was found and as people decided."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from starlette.responses import Response

from mailresponder.jobs import theme_view, theming_changes
from mailresponder.jobs.theme_view import ThemeView
from mailresponder.reports.period import Period
from mailresponder.reports.words import Words
from mailresponder.store.searching_about import About
from mailresponder.store.theme_weeks import by_week
from mailresponder.store.themes import State, all_themes, resolved
from mailresponder.web import behind, meanings, named
from mailresponder.web.asking import Asked, Role
from mailresponder.web.report_view import heights
from mailresponder.web.routing import route
from mailresponder.web.site import Site, go

WEEKS = 8
"""So many are shown as bars: whole ones, and the one that has begun."""
MAX_NAME = 80
"""Characters of a name."""
_MAX_OWNER = 254


@dataclass(frozen=True, kw_only=True, slots=True)
class _Line:
    """A theme as the template needs it."""

    view: ThemeView
    name: str
    weeks: tuple[int, ...]
    heights: tuple[float, ...]
    path: str
    """Its tickets of these weeks."""

    @property
    def key(self) -> str:
        return self.view.row.key


def show(site: Site, asked: Asked) -> Response:
    """All themes, with examples of those to be decided about."""
    return _page(site, asked)


def show_one(site: Site, asked: Asked) -> Response:
    """One theme, whatever became of it."""
    key, w, config = asked.path["key"], asked.words, site.app.config
    with site.app.store.read() as conn:
        names = named.themes(conn, config, w.language)
    if key not in names:
        return site.refuse(asked, 404, w("themes.unknown"))
    view = theme_view.shown(site.app.store, config, key, now=asked.now)
    [line] = _lines(site, asked, [view])
    return site.show(
        asked, "themes.one.html.j2", line=line, names=names, weeks=WEEKS, meanings=meanings
    )


def change(site: Site, asked: Asked) -> Response:
    """Keep a theme, merge it into another, dismiss it, or take that back."""
    key, form, w = asked.path["key"], asked.form, asked.words
    store, config = site.app.store, site.app.config
    by, now = asked.by, asked.now
    with store.read() as conn:
        there = named.themes(conn, config, w.language)
    if key not in there:
        return site.refuse(asked, 404, w("themes.unknown"))
    match form.get("do"):
        case "keep":
            names = _names(form, config.desk.languages)
            owner = " ".join(form.get("owner", "").split())
            if not names:
                return _page(site, asked, problem=w("themes.no_name"), status=400)
            if max(map(len, names.values())) > MAX_NAME or len(owner) > _MAX_OWNER:
                problem = w("themes.too_long", most=MAX_NAME)
                return _page(site, asked, problem=problem, status=400)
            theming_changes.keep(store, config, key, names=names, owner=owner, by=by, now=now)
            done = "theme_kept"
        case "merge":
            into = form.get("into", "")
            if into not in there or into == key:
                return _page(site, asked, problem=w("themes.no_other"), status=400)
            theming_changes.merge(store, config, key, into, by=by, now=now)
            done = "theme_merged"
        case "dismiss":
            theming_changes.dismiss(store, config, key, by=by, now=now)
            done = "theme_dismissed"
        case "restore":
            theming_changes.restore(store, config, key, by=by, now=now)
            done = "theme_restored"
        case _:
            return site.refuse(asked, 400, w("themes.no_such_deed"))
    return go("/themes", done=done)


def _names(form: Mapping[str, str], languages: tuple[str, ...]) -> dict[str, str]:
    given = {code: " ".join(form.get(f"name_{code}", "").split()) for code in languages}
    return {code: name for code, name in given.items() if name}


def _page(site: Site, asked: Asked, *, problem: str = "", status: int = 200) -> Response:
    config, w = site.app.config, asked.words
    decide = (State.FOUND,)
    views = theme_view.listed(site.app.store, config, now=asked.now, examples_of=decide)
    lines = _lines(site, asked, views)
    by_state = {state: [one for one in lines if one.view.row.state is state] for state in State}
    standing = [*by_state[State.KEPT], *by_state[State.FOUND]]
    return site.show(
        asked,
        "themes.html.j2",
        status=status,
        problem=problem,
        found=by_state[State.FOUND],
        kept=by_state[State.KEPT],
        merged=by_state[State.MERGED],
        dismissed=by_state[State.DISMISSED],
        others=sorted(((one.key, one.name) for one in standing), key=lambda one: one[1].casefold()),
        names={one.key: one.name for one in lines},
        speech=Words(w.language).language_name,
        spoken=config.desk.languages,
        is_admin=asked.visitor.role >= Role.ADMIN,
        weeks=WEEKS,
        most=MAX_NAME,
        file=config.themes_path.name,
        meanings=meanings,
    )


def _lines(site: Site, asked: Asked, views: Sequence[ThemeView]) -> list[_Line]:
    begins = _weeks(asked, site)
    with site.app.store.read() as conn:
        weeks = by_week(conn, begins, counts_for=resolved(all_themes(conn)))
    about, none, zone = About(since=begins[0]), [0] * WEEKS, site.app.config.desk.timezone
    return [
        _Line(
            view=view,
            name=named.name_in(view.row.names, asked.words.language) or view.row.key,
            weeks=tuple(weeks.get(view.row.key, none)),
            heights=heights(weeks.get(view.row.key, none)),
            path=behind.tickets(zone, replace(about, theme=view.row.key)),
        )
        for view in views
    ]


def _weeks(asked: Asked, site: Site) -> list[datetime]:
    """When the last weeks begin, that of now among them."""
    zone = site.app.config.desk.timezone
    period = Period(since=asked.now - timedelta(days=1), until=asked.now, zone=zone)
    whole = period.weeks(WEEKS - 1)
    return [*(week.since for week in whole), whole[-1].until]


ROUTES = (
    route("/themes", show),
    route("/themes/{key}", show_one),
    route("/themes/{key}", change, role=Role.ADMIN, method="POST"),
)
