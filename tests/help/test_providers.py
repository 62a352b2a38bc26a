"""The help on providers says what `init` writes."""

import re
from importlib.resources import files

from mailresponder.cli.init import init_command
from mailresponder.jobs.manual_page import filled
from mailresponder.jobs.presets import presets

HELP = filled((files("mailresponder") / "help" / "providers.md").read_text(encoding="utf-8"))


def test_every_provider_has_its_part() -> None:
    """With servers, and with each of its sources."""
    for preset in presets().values():
        part = HELP.partition(f"\n## {preset.title}\n")[2].partition("\n## ")[0]
        row = next(line for line in HELP.splitlines() if line.startswith(f"| `{preset.name}` "))
        assert f"`{preset.imap}`" in row
        assert f"`{preset.smtp}`" in row
        assert set(preset.sources) == set(re.findall(r"https://\S+", part.partition("Sources:")[2]))


def test_options_that_are_named_exist() -> None:
    """What stands in the text can be typed."""
    known = {name for parameter in init_command.params for name in parameter.opts}
    named = set(re.findall(r"--[a-z-]+", HELP.partition("<!--")[0].partition("## For all")[0]))
    assert {"--provider", "--address", "--password-file"} <= named <= known


def test_lines_fit_a_terminal() -> None:
    """Prose is wrapped at 100 columns; tables and addresses are wider."""
    wide = [line for line in HELP.splitlines() if len(line) > 100 and line[0] != "|"]
    assert [line for line in wide if not line.startswith("- https://")] == []
