"""Stores as a workspace declares them: folders of this machine, and buckets."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from schemas import quantities
from schemas.layout import StorageClass


def checked(parse: Any) -> AfterValidator:
    """Return a check that text is what `parse` reads; the text stays as it is."""

    def check(text: str) -> str:
        parse(text)
        return text

    return AfterValidator(check)


Size = Annotated[str, checked(quantities.size), Field(description="a size: 700MB, 1.5GiB")]
Name = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_-]*$")]


class Model(BaseModel):
    """What every part of the workspace has in common: unknown keys are problems, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class ThawTerms(Model):
    """How archived objects of a bucket are asked for: readable for so many `days`, in a retrieval `tier`."""

    days: Annotated[int, Field(ge=1, le=365)] = 7
    tier: Literal["Expedited", "Standard", "Bulk"] = "Standard"


class Store(Model):
    """A named place: one folder (`path`), an ordered group of folders (`paths`, a list or named), or a bucket (`s3`).

    `mount: required`: each folder must be a mount point, or lie on another file system than its parent's, so that an
    unmounted disk is never taken for an empty library. `optional`: may be away; then nothing is concluded about it.

    Of a bucket: keys lie below `prefix`. `endpoint_url` names a service other than AWS's, `profile` a profile of the AWS
    configuration; credentials come from the usual AWS chain, never from here. `class` is what uploads get unless their entry says
    another. `verify`: an upload is checked by its head, or read back whole. `checksums: when_required` is for services that do not
    take the newer checksums. `accept_race`: uploads go on where the service cannot refuse to replace.
    """

    path: str | None = None
    paths: list[str] | dict[Name, str] | None = None
    s3: Annotated[str, Field(min_length=1)] | None = None
    prefix: str = ""
    region: str | None = None
    endpoint_url: str | None = None
    profile: str | None = None
    path_style: bool | None = None
    checksums: Literal["auto", "when_required", "when_supported"] = "auto"
    verify: Literal["head", "read"] = "head"
    accept_race: bool = False
    storage_class: Annotated[StorageClass | None, Field(alias="class")] = None
    thaw: ThawTerms = ThawTerms()
    reserve: Size = "1GB"
    mount: Literal["required"] | None = None
    optional: bool = False

    @model_validator(mode="after")
    def _one_place(self) -> "Store":
        if [self.path, self.paths, self.s3].count(None) != 2:
            raise ValueError("a store has one of `path`, `paths` and `s3`")
        if self.paths is not None and not self.paths:
            raise ValueError("`paths` names at least one folder")
        fields = type(self).model_fields
        told = (name for name in sorted(self.model_fields_set & _OF_BUCKETS) if getattr(self, name) != fields[name].default)
        if self.s3 is None and (given := list(told)):
            raise ValueError(f"`{_WRITTEN.get(given[0], given[0])}` is for a store with `s3`")
        if self.s3 is not None and self.mount is not None:
            raise ValueError("`mount` is for folders")
        return self


_OF_BUCKETS = frozenset(
    ("prefix", "region", "endpoint_url", "profile", "path_style", "checksums", "verify", "accept_race", "storage_class", "thaw")
)
_WRITTEN = {"storage_class": "class"}
