"""What is said of an optional part that is not installed."""


def how_to_install(extra: str) -> str:
    """What to do where an optional part is missing, from a checkout and from a package alike."""
    return (
        f"install the extra `{extra}`: pip install '.[{extra}]' in the checkout, "
        f"or 'mailresponder[{extra}]'"
    )
