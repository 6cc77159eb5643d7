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
    """Ways to compare a value. If there are several, all must hold.

    Limits are sizes (`size: {over: 1GB}`), durations (`age: {over: 30d}`, `duration`) or numbers. Text is compared ignoring
    case. Regular expressions are RE2's: they have no lookaround and no backreferences, and never run for long.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    known: Annotated[bool | None, Field(description="Whether the fact is known, and certain enough.")] = None
    equals: Annotated[Plain | None, Field(description="The value is this one.", examples=["4K"])] = None
    one_of: Annotated[list[Plain] | None, Field(description="The value is one of these.", examples=[["mkv", "mp4"]])] = Field(
        default=None, alias="in"
    )
    glob: Annotated[
        GlobText | list[GlobText] | None, Field(description="The value matches one of these globs.", examples=["DJI_*"])
    ] = None
    regex: Annotated[
        RegexText | None,
        Field(
            description="The expression is found anywhere in the value. Its named groups, on `name`, `stem` "
            "or `path`, are values for `place`.",
            examples=["^(?P<client>[A-Z]{3})_"],
        ),
    ] = None
    over: Annotated[Bound | None, Field(description="The value is greater than this.", examples=["1GB"])] = None
    under: Annotated[Bound | None, Field(description="The value is less than this.", examples=["30d"])] = None
    at_least: Annotated[Bound | None, Field(description="The value is this or greater.", examples=[1990])] = None
    at_most: Annotated[Bound | None, Field(description="The value is this or less.", examples=[1999])] = None


Expected = Annotated[Plain | list[Plain] | Match, Field(union_mode="left_to_right")]


class Condition(BaseModel):
    """A set of demands, all of which must hold. The empty condition holds of everything."""

    model_config = ConfigDict(extra="allow", frozen=True, defer_build=True)
    __pydantic_extra__: dict[str, Expected]

    all_of: list["Condition"] | None = Field(
        default=None,
        alias="all",
        description="Every one of these conditions holds.",
        examples=[[{"ext": "mkv"}, {"size": {"over": "1GB"}}]],
    )
    any_of: list["Condition"] | None = Field(
        default=None,
        alias="any",
        description="At least one of these conditions holds.",
        examples=[[{"device": "drone"}, {"name": {"glob": "DJI_*"}}]],
    )
    none_of: "Condition | None" = Field(
        default=None, alias="not", description="This condition does not hold.", examples=[{"path": {"glob": "keep/**"}}]
    )

    @property
    def demands(self) -> dict[str, Any]:
        """The attribute and fact demands, by name."""
        return self.__pydantic_extra__ or {}


EVERYTHING = Condition.model_construct()
"""The condition that holds of everything."""
