"""`templates list` and `check` as an admin uses them."""

from pathlib import Path

from own_templates import put


def test_list_names_every_template(run, desk_file: Path) -> None:
    """Each notice stands there in both languages, and the layout."""
    done = run("--config", str(desk_file), "templates", "list")

    listed = [line.split()[:3] for line in done.out.splitlines()]
    assert done.status == 0
    for language in ("en", "es"):
        assert ["acknowledgement", language, "shipped"] in listed
        assert ["escalation", language, "shipped"] in listed
    assert ["layout", "all", "shipped"] in listed
    assert max(map(len, done.out.splitlines())) < 80


def test_shipped_templates_are_well(run, desk_file: Path) -> None:
    """Without an admin's folder there is nothing to mend."""
    assert run("--config", str(desk_file), "templates", "check").status == 0


def test_check_names_file_and_line_of_a_mistake(run, desk_file: Path, broken: Path) -> None:
    """A broken template ends with status 1, its file, its line and the nearest right name."""
    done = run("--config", str(desk_file), "templates", "check")

    assert done.status == 1
    assert f"{broken}:3: " in done.out
    assert "customer_name" in done.out


def test_check_tells_each_mistake_of_a_file(templates, desk_file: Path) -> None:
    """Each with its line, from the first on, and once what is used until they are mended."""
    text = "Subject: a\n\n{{ customer.frist_name }}\n\n{{ answer_by | zona }}\n"
    path = put(desk_file.parent / "templates", "en/follow_up.md.j2", text)

    first, second, meanwhile, *_ = templates("check").out.splitlines()

    assert first.startswith(f"{path}:3: `customer` has no `frist_name`")
    assert second.startswith(f"{path}:5: `zona` is no filter")
    assert "until it is mended" in meanwhile


def test_list_shows_what_was_changed_and_for_whom(templates, desk_file: Path) -> None:
    """A mailbox's own template stands in a line of its own, with its file."""
    path = put(
        desk_file.parent / "templates",
        "mailboxes/billing/es/follow_up.md.j2",
        "Subject: Hola\n\nHola.\n",
    )

    lines = [line.split() for line in templates("list").out.splitlines()]
    own = [line.split() for line in templates("list", "--mailbox", "billing").out.splitlines()]

    assert ["follow_up", "es", "shipped", "all"] in [line[:4] for line in lines]
    assert [line for line in lines if line[3] == "billing"] == [own[1]]
    assert own[1][:4] == ["follow_up", "es", "changed", "billing"]
    assert own[1][-2:] == ["file", str(path)]
    assert len(own) == 2


def test_list_of_a_mailbox_without_any(templates) -> None:
    """That is said, and a mailbox there is none of is a usage error."""
    assert "uses the desk's" in templates("list", "--mailbox", "support").out
    unknown = templates("list", "--mailbox", "sales")
    assert unknown.status == 2
    assert "only support, billing" in unknown.err


def test_check_names_a_mailbox_s_file_and_what_serves(templates, desk_file: Path) -> None:
    """The desk's template serves in place of a mailbox's broken one."""
    broken = put(
        desk_file.parent / "templates",
        "mailboxes/billing/en/test.md.j2",
        "Subject: x\n\n{{ adress }}\n",
    )
    put(desk_file.parent / "templates", "en/test.md.j2", "Subject: Desk\n\nThe desk's.\n")

    done = templates("check")

    assert done.status == 1
    assert f"{broken}:3: " in done.out
    assert "address" in done.out
    assert "the whole desk's template is used" in done.out
    refused = templates("preview", "test", "--mailbox", "billing")
    assert (refused.status, refused.out) == (1, "")
    assert "the whole desk's template is used" in refused.err
    assert templates("preview", "test").status == 0
