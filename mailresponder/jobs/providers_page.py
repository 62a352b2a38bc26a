"""The help on mail providers: what `providers.toml` says, for people to read."""

from collections.abc import Iterable, Iterator
from textwrap import fill

from mailresponder.jobs.presets import Preset, Server, presets

_WIDTH = 100
_SECURITY = {"tls": "TLS", "starttls": "STARTTLS"}
_WAYS = {"password": "password", "google": "OAuth 2.0", "microsoft": "OAuth 2.0"}


def lines() -> Iterator[str]:
    """A table of all, then a part on each."""
    yield from ("| `--provider` | who | IMAP | SMTP | signs in by |", "|---|---|---|---|---|")
    for preset in presets().values():
        ways = " or ".join(_WAYS[way] for way in preset.sign_in)
        yield (
            f"| `{preset.name}` | {preset.title} | {_where(preset.imap)} | {_where(preset.smtp)} "
            f"| {ways} |"
        )
    for preset in presets().values():
        yield from _about(preset)


def _where(server: Server) -> str:
    return f"`{server}`, {_SECURITY[server.security]}"


def _about(preset: Preset) -> Iterator[str]:
    yield from ("", f"## {preset.title}")
    yield from _part("To be done first", preset.first)
    yield from _part("Where the sign-in is refused", [_sentence(preset.refused)])
    yield from _part("What is different there", (*preset.quirks, *_settings(preset)))
    yield from _part("Limits", preset.limits)
    yield from _part("Sources", preset.sources)


def _sentence(words: str) -> str:
    stop = "" if words.endswith("?") else "."
    return f"{words[0].upper()}{words[1:]}{stop}"


def _settings(preset: Preset) -> Iterator[str]:
    """What `init` writes because of it."""
    yield f"save_copy = {str(preset.save_copy).lower()}: {preset.save_copy_why}."
    if preset.authserv_id:
        yield f'trusted_authserv_id = "{preset.authserv_id}": {preset.authserv_id_why}.'
    if preset.subaddress:
        yield (
            f'subaddress = "{preset.subaddress}": mail to support{preset.subaddress}anything@ '
            "arrives there too."
        )


def _part(title: str, texts: Iterable[str]) -> Iterator[str]:
    items = list(texts)
    if not items:
        return
    yield from ("", f"{title}:", "")
    for text in items:
        yield fill(
            text,
            _WIDTH,
            initial_indent="- ",
            subsequent_indent="  ",
            break_long_words=False,
            break_on_hyphens=False,
        )
