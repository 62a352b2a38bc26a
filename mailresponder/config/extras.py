"""What is said of an optional part that is not installed."""

import sys


def how_to_install(extra: str) -> str:
    """What to do where an optional part is missing: it goes where this very program runs."""
    return (
        f"install the extra `{extra}`, in the folder of the source: "
        f"{sys.executable} -m pip install '.[{extra}]'"
    )
