"""What the commands below `templates` share: the folder, and which template is meant."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import click

from mailresponder.cli import output

if TYPE_CHECKING:
    from mailresponder.config import Config
    from mailresponder.store.template_places import Place
    from mailresponder.store.templates import TemplateFolder

Command = Callable[..., Any]

language_option = click.option("--language", metavar="L", help="As en or es.")


def mailbox_option(text: str) -> Callable[[Command], Command]:
    """`--mailbox M`, with what it means to the command."""
    return click.option("--mailbox", metavar="M", help=text)


def open_folder(ctx: click.Context) -> "tuple[Config, TemplateFolder]":
    """The configured desk and its templates."""
    from mailresponder.cli.context import load_config
    from mailresponder.logs import log_to_stderr

    config = load_config(ctx)
    log_to_stderr(verbose=ctx.obj["verbose"])
    return config, folder_of(config)


def folder_of(config: "Config") -> "TemplateFolder":
    """A desk's templates."""
    from mailresponder.store.templates import TemplateFolder

    names = [mailbox.name for mailbox in config.mailboxes]
    return TemplateFolder(config.templates_folder, mailboxes=names)


def require_mailbox(names: Sequence[str], mailbox: str | None) -> None:
    """Raise a usage error that names the mailboxes there are, for one there is none of."""
    if mailbox is not None and mailbox not in names:
        said = f"there is no mailbox {output.one_line(mailbox)!r}, only {', '.join(names)}"
        raise click.BadParameter(said, param_hint="--mailbox")


def places(config: "Config", name: str, language: str | None, mailbox: str | None) -> "list[Place]":
    """The template of this name in a language, else in each of the desk's; the layout is one for
    all. Raises MailresponderError for a name or a language that is none."""
    from mailresponder.store.template_places import LAYOUT, Place

    require_mailbox([one.name for one in config.mailboxes], mailbox)
    spoken = (language,) if language is not None else config.desk.languages
    if name == LAYOUT:
        return [Place(name=name, language="", mailbox=mailbox or "")]
    return [Place(name=name, language=code, mailbox=mailbox or "") for code in spoken]
