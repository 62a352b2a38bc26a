"""What is wrong with a template, in the visitor's language."""

import ast
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from own_templates import put

from mailresponder import templating
from mailresponder.jobs import announcing, editing, theming_changes
from mailresponder.jobs import defects as defect_jobs
from mailresponder.listening import taxonomy
from mailresponder.policy import defects as defect_policy
from mailresponder.store.template_places import Place
from mailresponder.store.templates import TemplateFolder
from mailresponder.web.mistakes import Told, refused, told
from mailresponder.web.words import Words

_ENGLISH, _SPANISH = Words("en"), Words("es")
_PLACE = Place(name="acknowledgement", language="en")

OURS = {
    "Hello {{ nobody }}": "`nobody` no es ningún valor que exista aquí",
    "{{ customer_nme }}": "`customer_nme` no es ningún valor que exista aquí; "
    "¿quiso decir `customer_name`?",
    "{{ desk | uper }}": "`uper` no es ningún filtro; ¿quiso decir `upper`?",
    "{{ desk is odd_one }}": "`odd_one` no es ninguna comprobación; ¿quiso decir `odd`?",
    "{{ customer.frist_name }}": "`customer` no tiene `frist_name`; ¿quiso decir `first_name`?",
    "{{ desk.name }}": "`desk` es un texto: no hay nada detrás de su punto",
    "{% for one in desk %}a{% endfor %}": "`for` necesita una lista, y `desk` es un texto",
    "{{ desk | date }}": "`date` necesita un momento, y `desk` es un texto",
    "{{ customer }}": "`customer` son varios valores: escriba uno de ellos, como `customer.name`",
    "[here](ftp://example.com)": "un enlace lleva a https://, http:// o mailto:…, "
    "no a `ftp://example.com`",
    "{{ desk | cut('a') }}": "`characters` de `cut` es un número, no `a`",
    "{{ desk | cut }}": "escriba `cut(characters)`",
    "{{ desk() }}": "una plantilla no puede llamar a nada; para eso hay filtros",
    "{{ name }}": "`name` no es ningún valor que exista aquí; ¿quiso decir `customer.name`?",
    "{{ subject | fallback(x) }}": "`x` no es ningún valor que exista aquí: los textos van entre "
    "comillas",
    "{{ now | date('d') }}": "`date` no lleva nada entre paréntesis",
    "Hello { desk }": "un valor va entre dos llaves, como `{{ desk }}`",
    "{% set a = 1 %}": "`set` no se puede usar en las plantillas",
}
JINJAS = {
    "{% if desk %}": "`{% if %}` no está cerrado: falta `{% endif %}`",
    "{% fi %}": "`{% fi %}` no se conoce o no va aquí",
    "{{ desk": "las llaves no están cerradas",
    "{{ desk }": "`}` no va aquí",
    "{{ }}": "falta algo entre las llaves",
    "{{ desk desk }}": "falta o sobra algo entre las llaves, en `desk`",
    "{% if late %}{% else if desk %}{% endif %}": "`else if` se escribe `elif`",
    "{% if desk = 'a' %}{% endif %}": "para comparar, escriba `==`",
    "{{ desk | fallback(«a») }}": '`«` no va aquí: las comillas son rectas, como `"`',
    "{{ desk\u200b }}": "un carácter que no se ve no va aquí: escriba esto de nuevo",
    "{% enfif %}": "`{% enfif %}` no se conoce o no va aquí; ¿quiso decir `endif`?",
    "{% %}": "falta una palabra como `if` detrás de `{%`",
}


_PARTS = ("a link leads to x or x…", "x, not to `x`", "times need a locale")
"""Two halves of one sentence, and what only a mistake of ours would say."""


def _sentences() -> Iterator[str]:
    """What the modules of templating give an error as its message, with `x` for what changes."""
    for path in Path(templating.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            given: list[ast.expr] = []
            if isinstance(node, ast.Call):
                called = ast.unparse(node.func).rpartition(".")[2]
                if called in ("TemplateError", "FilterArgumentError", "_error", "Misplaced"):
                    given = node.args
                elif called == "Harm":
                    given = [one.value for one in node.keywords if one.arg == "message"]
            elif isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "message":
                given = [node.value]
            yield from filter(None, map(_written, given))


def _written(node: ast.expr) -> str:
    """A string of the source; empty for anything else, and for a part of a longer sentence."""
    match node:
        case ast.Constant(value=str(said)) if " " in said:
            pass
        case ast.JoinedStr(values=parts) if any(isinstance(one, ast.Constant) for one in parts):
            said = "".join(map(_part, parts))
        case _:
            return ""
    return "" if said in _PARTS else said


def _part(part: ast.expr) -> str:
    if isinstance(part, ast.Constant):
        return str(part.value)
    held = ast.unparse(part)
    return "" if "near" in held else "none" if "other(" in held or "nothing" in held else "x"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> TemplateFolder:
    """The shipped templates."""
    return TemplateFolder(tmp_path_factory.mktemp("templates"))


@pytest.mark.parametrize(("body", "said"), [*OURS.items(), *JINJAS.items()])
def test_a_mistake_is_said_in_spanish(folder: TemplateFolder, body: str, said: str) -> None:
    """What an author is likely to get wrong is told in Spanish."""
    problem = editing.problem_of(folder, _PLACE, f"Subject: Hello\n\n{body}\n")

    assert problem is not None
    assert told(_SPANISH, problem.message) == Told(text=said, language="es")


@pytest.mark.parametrize("body", [*OURS, *JINJAS])
def test_in_english_it_is_what_templating_says(folder: TemplateFolder, body: str) -> None:
    """The sentences that are looked for are the ones that templating says."""
    problem = editing.problem_of(folder, _PLACE, f"Subject: Hello\n\n{body}\n")

    assert problem is not None
    assert told(_ENGLISH, problem.message) == Told(text=problem.message, language="en")


@pytest.mark.parametrize(
    "text", ["Subject Hello", "Subject:\n\na", "Subject: a\nb", "Subject: a\n\n"]
)
def test_a_text_in_the_wrong_shape_is_told_in_spanish(folder: TemplateFolder, text: str) -> None:
    """A subject, a blank line and a mail are asked for in Spanish too."""
    problem = editing.problem_of(folder, _PLACE, text)

    assert problem is not None
    assert told(_SPANISH, problem.message).language == "es"


@pytest.mark.parametrize(
    "layout",
    ["<p>nothing</p>", "<script>{{ content }}</script>", "<p onclick='x'>{{ content }}</p>",
     "<img src='https://example.com/a.png'>{{ content }}", "<a href='ftp://a.test'>{{ content }}",
     "<style>p { background: url(https://a.test) }</style>{{ content }}",
     "<meta http-equiv='refresh' content='0'>{{ content }}", "<b>" * 200 + "{{ content }}",
     "{{ contents }}", "<br>" * 9000 + "{{ content }}"],
)  # fmt: skip
def test_a_layout_is_judged_in_spanish(folder: TemplateFolder, layout: str) -> None:
    """What a mail may not hold, as what a template may not."""
    problem = editing.problem_of(folder, Place(name="layout", language=""), layout)

    assert problem is not None
    assert told(_SPANISH, problem.message).language == "es"
    assert told(_ENGLISH, problem.message).text == problem.message


@pytest.mark.parametrize(
    "misplaced",
    ["acknowledgement.md.j2", "en/acknowledgment.md.j2", "en/zzz.md.j2", "en/layout.html.j2",
     "mailboxes/digest.md.j2", "mailboxes/-/en/digest.md.j2", "mailboxes/moon/en/digest.md.j2"],
)  # fmt: skip
def test_a_file_that_nobody_reads_is_told_in_spanish(tmp_path: Path, misplaced: str) -> None:
    """Why it serves for nothing."""
    put(tmp_path, misplaced, "{{ content }}")
    [problem] = TemplateFolder(tmp_path, mailboxes=["support"]).problems()

    assert told(_SPANISH, problem.message).language == "es"
    assert told(_ENGLISH, problem.message).text == problem.message


@pytest.mark.parametrize("name", ["en", "en/digest.md.j2"])
def test_what_cannot_be_read_is_told_in_spanish(tmp_path: Path, name: str) -> None:
    """A folder as a file; the system's own words stay as they are."""
    link = tmp_path / name
    link.parent.mkdir(exist_ok=True)
    # Such a link cannot be followed, whoever reads it.
    link.symlink_to("x" * 300)
    [problem] = TemplateFolder(tmp_path).problems()

    assert told(_SPANISH, problem.message).text.endswith("no se puede leer: File name too long")
    assert told(_ENGLISH, problem.message).text == problem.message


def test_whatever_templating_says_is_known() -> None:
    """No sentence is forgotten here when one is added there."""
    unknown = {said for said in _sentences() if told(_SPANISH, said).language != "es"}

    assert unknown == set()


def test_an_unknown_sentence_stays_english() -> None:
    """What nobody has translated is shown as it is, and marked as English for who hears it."""
    assert told(_SPANISH, "the moon is out") == Told(text="the moon is out", language="en")
    failed = "it failed on a mail: the moon is out"
    assert told(_SPANISH, failed) == Told(text=failed, language="en")


def test_what_a_job_refuses_is_said_in_spanish_with_what_can_be_done_on_the_page() -> None:
    """No command of a terminal; what is not known stays as the job says it."""
    assert refused(_SPANISH, "there is a defect “Lid” already", "`mailresponder defect edit`") == (
        "Ya hay un defecto «Lid»",
        "Dele otro nombre, o asigne los casos a ese.",
    )
    assert refused(_ENGLISH, "found-3 was neither dismissed nor merged") == (
        "Found-3 was neither dismissed nor merged",
        "",
    )
    assert refused(_SPANISH, "no such thing", "try again") == ("no such thing", "try again")


def test_whatever_the_jobs_of_defects_and_themes_refuse_is_known() -> None:
    """Each of their sentences, with anything in its places."""
    told_of = [*_raised(defect_jobs), *_raised(announcing), *_raised(theming_changes)]
    told_of += [*_raised(defect_policy), *_raised(taxonomy)]
    assert len(told_of) > 12
    unknown = [said for said in told_of if refused(_SPANISH, said)[0] == said]
    # Said on the command line alone: the page asks for a name itself and writes no new file.
    assert [said for said in unknown if "name" not in said and "is there already" not in said] == []


def _raised(module: ModuleType) -> Iterator[str]:
    """What a module raises as an error of a user, `x` where something is put in."""
    tree = ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        match node:
            case ast.Call(
                func=ast.Name(id="MailresponderError" | "ValueError"),
                args=[ast.JoinedStr() | ast.Constant() as said, *_],
            ):
                parts = said.values if isinstance(said, ast.JoinedStr) else [said]
                yield "".join(
                    str(part.value) if isinstance(part, ast.Constant) else "x" for part in parts
                )
