"""Files that were uuencoded into a text are taken out of it; prose stays."""

from mailresponder.mail.uuencode import decoded, without_files

FILE = "begin 644 photo of it.gif\n%=V]R9',\n`\nend\n"


def test_files_in_a_text() -> None:
    """A file goes, with its name and size kept, and the words around it stay."""
    text, files = without_files(f"It is broken:\n\n{FILE}\nPlease help.\n{FILE}")
    assert text.split() == ["It", "is", "broken:", "Please", "help."]
    assert [name for name, _ in files] == ["photo of it.gif", "photo of it.gif"]


def test_file_that_is_cut_off() -> None:
    """A file without an end takes the rest."""
    text, files = without_files("Hello\nbegin 755 x\nM" + "A" * 60 + "\nM" + "A" * 60)
    assert (text.strip(), len(files)) == ("Hello", 1)


def test_base64_variant() -> None:
    """`begin-base64` is the same in another alphabet."""
    assert without_files("a\nbegin-base64 644 x.bin\nd29yZHM=\n====\nb") == (
        "a\n\nb",
        [("x.bin", 13)],
    )


def test_prose_is_no_file() -> None:
    """A sentence that begins like a file is none without a line of data below it."""
    for text in (
        "begin 644 words of prose\nthe lines below are no data at all\nend\n",
        "We begin 644 days ago\n",
        "begin 644\n",
        "begin 644 x\n",
        "begin-base64 644 x\nthis is prose\n",
    ):
        assert without_files(text) == (text, [])


def test_decoded() -> None:
    """A body that is a file as a whole is decoded, lines that make no sense left out."""
    assert decoded(b"preamble\nbegin 644 a\n%=V]R9',\n\xff\xff broken\n`\nend\nrest") == b"words"
