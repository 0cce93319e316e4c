"""What all kinds have in common."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any, Self

from pydantic import Field, ValidationInfo, model_validator
from pydantic_core import PydanticCustomError

from relu_anim.config.document import Document
from relu_anim.config.side_files import SideFile
from relu_anim.config.values import Section

READ = "read"  # the context in which a model may be made: the reader checks its keys against each other afterwards


class Root(Section):
    """A whole config. It is made by `relu_anim.config`, by `load`, `loads` or `of`, which make every check; not by its
    class alone, which knows only what is wrong with one key."""

    extends: str | None = Field(
        default=None,
        exclude=True,  # taken out as it is read: what counts is in the other keys
        description="a file beside the config whose keys are the defaults of this one",
        examples=["house.yaml"],
    )

    @cached_property
    def taken(self) -> tuple[SideFile, ...]:
        """The files that some of its keys were taken from; no field, since it makes no difference."""
        return ()

    @cached_property
    def remarks(self) -> tuple[str, ...]:
        """What to say, each with its place, of keys that are not wrong: that have an old name, or a colour that is hard
        to see."""
        return ()

    @cached_property
    def read_from(self) -> Document | None:
        """What it was read from, if it has not been changed since; no field either."""
        return None

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """As pydantic has it; what was read is no longer what a copy says."""
        copied = super().model_copy(update=update, deep=deep)
        if update:
            copied.__dict__["read_from"] = None
        return copied

    @model_validator(mode="before")
    @classmethod
    def _read(cls, data: Any, info: ValidationInfo) -> Any:
        if info.context != READ:
            raise PydanticCustomError(
                "unread", "a config is made with relu_anim.config.of({...}), which checks its keys against each other"
            )
        return data
