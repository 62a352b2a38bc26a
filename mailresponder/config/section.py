"""What the sections of the configuration file have in common."""

from pydantic import BaseModel, ConfigDict


class Section(BaseModel):
    """A table of the file. Errors never quote what stands in it."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, hide_input_in_errors=True)
