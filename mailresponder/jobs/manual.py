"""What can stand in a template, in words and ready to be put in: for the page's editor and for
`help templates`. Its one source is `help/variables.toml`.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from mailresponder.policy.notices import NAMES

_ENGLISH = "en"


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """Something an author can put into a template."""

    name: str
    """As `customer.first_name`."""
    insert: str
    """What is put in for it, as `{{ customer.first_name }}`: it can be used as it stands."""
    type: str
    """In words, as `time or none`; empty where it has none."""
    about: str
    """What it is; Markdown's code spans and no other markup."""
    within: str = ""
    """The list whose `for` it must stand in; empty where it can stand anywhere."""


def purpose(name: str, language: str) -> str:
    """What a notice is for, in a phrase. Raises KeyError for no notice."""
    return said(load()["notices"][name], language)


def variables_of(name: str, language: str) -> tuple[Entry, ...]:
    """What the template of a notice can write, each once, told in a language (else in English).

    Raises KeyError for no notice.
    """
    if name not in NAMES:
        raise KeyError(name)
    parts = [part for part in load()["part"] if name in part["notices"]]
    parts += [part for part in load()["part"] if not part["notices"]]
    return tuple(
        entry
        for part in parts
        for key, told in part["variables"].items()
        if not told.get("silent")
        for entry in _entries(key, told, language)
    )


def filters(language: str) -> tuple[Entry, ...]:
    """What can stand behind a `|`; `type` is what it is put on."""
    return tuple(
        Entry(
            name=name,
            insert=f" {told.get('insert', f'| {name}')}",
            type=said(load()["types"][told["on"]], language),
            about=said(told, language),
        )
        for name, told in load()["filters"].items()
    )


def constructs(name: str, language: str) -> tuple[Entry, ...]:
    """Conditions, loops and Markdown, with variables of the notice in them."""
    known = variables_of(name, language)
    value = next((e.name for e in known if "{% if" in e.insert and not e.within), "desk")
    walked = next((one.within for one in known if one.within), "")
    return tuple(
        Entry(
            name=told["name"],
            insert=told["insert"].replace("{value}", value).replace("{list}", walked),
            type="",
            about=said(told, language),
        )
        for told in load()["construct"]
        if walked or "{list}" not in told["insert"]
    )


def _entries(key: str, told: Mapping[str, Any], language: str) -> Iterator[Entry]:
    each = load()["records"].get(told.get("each"))
    yield Entry(
        name=key,
        insert=_insert(key, told, each),
        type=type_in_words(told, language),
        about=said(told, language),
    )
    if each is None:
        return
    for field, inner in each["fields"].items():
        name = f"{each['one']}.{field}"
        yield Entry(
            name=name,
            insert=_insert(name, inner, None),
            type=type_in_words(inner, language),
            about=said(inner, language),
            within=key,
        )


def _insert(name: str, told: Mapping[str, Any], each: Mapping[str, Any] | None) -> str:
    """A way to write a value that works whatever it is."""
    written, optional = f"{{{{ {name} }}}}", told.get("optional", False)
    match told["type"]:
        case "time":
            written = f"{{{{ {name} | day_and_time }}}}"
        case "length":
            written = f"{{{{ {name} | duration }}}}"
        case "lines":
            quoted = f"{{{{ {name} | {told.get('filter', 'quote')} }}}}"
            return f"{{% if {name} %}}\n{quoted}\n{{% endif %}}\n"
        case "yes/no":
            return f"{{% if {name} %}}…{{% endif %}}"
        case "link":
            owner = name.rpartition(".")[0]
            label = f"{owner}.{told['label']}" if owner else told["label"]
            return f"[{{{{ {label} }}}}]({{{{ {name} }}}})"
        case "list" if each is not None:
            first = next(iter(each["fields"]))
            one = each["one"]
            return f"{{% for {one} in {name} %}}\n- {{{{ {one}.{first} }}}}\n{{% endfor %}}\n"
        case "list":
            return f'{{{{ {name} | join(", ") }}}}'
        case "text" if "insert" in told:
            owner = name.rpartition(".")[0]
            return f"{{{{ {owner}.{told['insert']} }}}}" if owner else f"{{{{ {told['insert']} }}}}"
        case _:
            pass
    return f"{{% if {name} %}}{written}{{% endif %}}" if optional else written


def type_in_words(told: Mapping[str, Any], language: str) -> str:
    """Of what type a variable is, as `time or none`."""
    types = load()["types"]
    words = said(types[told["type"]], language)
    return f"{words} {said(types['none'], language)}" if told.get("optional") else words


def said(told: Mapping[str, Any], language: str) -> str:
    """What is told in a language, else in English."""
    base = language.replace("_", "-").partition("-")[0].lower()
    return str(told.get(base) or told[_ENGLISH])


@cache
def load() -> Mapping[str, Any]:
    """The whole of `variables.toml`."""
    text = resources.files("mailresponder").joinpath("help", "variables.toml").read_text("utf-8")
    return tomllib.loads(text)
