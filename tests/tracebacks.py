"""What a log could show of an error."""

import traceback


def all_of(error: BaseException) -> str:
    """Its words, its causes and itself."""
    return "".join(traceback.format_exception(error)) + repr(error)
