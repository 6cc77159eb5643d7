"""Conditions: the `when:` of a rule or policy. Every key of a condition must hold.

A key is `all`, `any` or `not`, an attribute of the item (`name`, `stem`, `ext`, `path`, `store`, `size`, `age`, `media`), or the
name of a fact. A value is a plain value (equal, text without regard to case), a list of them (any one), or a match.
"""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StrictBool

from reshelve.schemas.patterns import GlobText, RegexText

Plain = StrictBool | str | int | float
Bound = str | int | float


class Match(BaseModel):
    """Ways to compare one value. Several together must all hold.

    `over`, `under`, `at_least`, `at_most` read sizes (`size: {over: 1GB}`), ages (`age: {over: 30d}`, `duration`)
    or numbers. `known: true` holds when there is such a fact, and it is certain enough. `glob` and `regex` match text, the
    regex anywhere in it, without regard to case. Named groups of a regex on `name`, `stem` or `path` are values for `place`.
    Regular expressions are RE2's: they have no looking ahead or behind and no references back, and none runs for long.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    known: bool | None = None
    equals: Plain | None = None
    one_of: list[Plain] | None = Field(default=None, alias="in")
    glob: GlobText | list[GlobText] | None = None
    regex: RegexText | None = None
    over: Bound | None = None
    under: Bound | None = None
    at_least: Bound | None = None
    at_most: Bound | None = None


Expected = Annotated[Plain | list[Plain] | Match, Field(union_mode="left_to_right")]


class Condition(BaseModel):
    """A set of demands, all of which must hold. The empty condition holds of everything."""

    model_config = ConfigDict(extra="allow", frozen=True)
    __pydantic_extra__: dict[str, Expected]

    all_of: list["Condition"] | None = Field(default=None, alias="all")
    any_of: list["Condition"] | None = Field(default=None, alias="any")
    none_of: "Condition | None" = Field(default=None, alias="not")

    @property
    def demands(self) -> dict[str, Any]:
        """The attribute and fact demands, by name."""
        return self.__pydantic_extra__ or {}


EVERYTHING = Condition.model_validate({})
"""The condition that holds of everything."""
