"""What is known of mail providers."""

from collections import Counter
from urllib.parse import urlsplit

import pytest

from mailresponder.config import ImapSettings, SmtpSettings
from mailresponder.jobs.presets import Preset, presets

ALL = pytest.mark.parametrize("preset", presets().values(), ids=presets())


def test_the_providers_of_the_interface_are_there() -> None:
    """Scripts name these, and `generic` is for everybody else."""
    assert {"gmail", "microsoft365", "fastmail", "generic"} <= presets().keys()
    assert [p.name for p in presets().values() if not p.domains and not p.mx] == ["generic"]


@ALL
def test_every_preset_says_where_it_has_it_from(preset: Preset) -> None:
    """Each page is one that anybody can open."""
    assert preset.sources
    for source in preset.sources:
        assert urlsplit(source).scheme == "https"
        assert urlsplit(source).path.strip("/")


@ALL
def test_servers_are_reached_under_tls_at_the_usual_port(preset: Preset) -> None:
    """No preset sends a password in the clear, and none has a port that is a slip."""
    assert preset.imap.security == "tls"
    assert preset.imap.port == ImapSettings.ports["tls"]
    assert preset.smtp.security != "none"
    assert preset.smtp.port == SmtpSettings.ports[preset.smtp.security]


@ALL
def test_advice_is_whole_sentences(preset: Preset) -> None:
    """What people read begins with a capital and ends with a stop, or with a command."""
    assert preset.first
    for text in (*preset.first, *preset.quirks, *preset.limits):
        assert text[0].isupper() or text[0].isdigit(), text
        assert text[-1] in ".)" or text.endswith("$false"), text
    assert preset.refused[0].islower()


def test_no_domain_and_no_mx_host_is_of_two_providers() -> None:
    """A guess has one answer."""
    for names in ("domains", "mx"):
        counted = Counter(name for p in presets().values() for name in getattr(p, names))
        assert [name for name, times in counted.items() if times > 1] == []
