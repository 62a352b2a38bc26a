"""What every section of the configuration file is made of."""

from pydantic import BaseModel, ConfigDict


class Section(BaseModel):
    """A table of the file. Errors never quote what stands in it."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, hide_input_in_errors=True)
