"""Stores as a workspace declares them: folders of this machine, and buckets."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from reshelve.schemas import quantities
from reshelve.schemas.endpoints import plain_url
from reshelve.schemas.layout import StorageClass


def checked(parse: Any) -> AfterValidator:
    """Return a check that text is what `parse` reads; the text stays as it is."""

    def check(text: str) -> str:
        parse(text)
        return text

    return AfterValidator(check)


Size = Annotated[str, checked(quantities.size), Field(description="a size: 700MB, 1.5GiB")]
Days = Annotated[str, checked(quantities.days), Field(description="an age in whole days: 180d, 6months, 1y")]
Name = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_-]*$")]


class Model(BaseModel):
    """What every part of the workspace has in common: unknown keys are problems, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


ThawTier = Literal["Expedited", "Standard", "Bulk"]


class ThawTerms(Model):
    """How archived objects of a bucket are asked for: readable for so many `days`, in a retrieval `tier`."""

    days: Annotated[int, Field(ge=1, le=365)] = 7
    tier: ThawTier = "Standard"


class LifecycleRule(Model):
    """What a bucket does by itself with objects below `prefix` (of the store's own): by day, and only downward in class.

    `move` says after what age an object gets which class. `expire` removes objects for good, `expire_versions` what was replaced or
    deleted, `abort_uploads` uploads in parts that nobody finished. `over` leaves smaller objects as they are.
    """

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
    prefix: str = ""
    move: dict[StorageClass, Days] = {}
    expire: Days | None = None
    expire_versions: Days | None = None
    abort_uploads: Days | None = None
    over: Size | None = None

    @model_validator(mode="after")
    def _does_something(self) -> "LifecycleRule":
        if not (self.move or self.expire or self.expire_versions or self.abort_uploads):
            raise ValueError("a rule has at least one of `move`, `expire`, `expire_versions` and `abort_uploads`")
        if self.over is not None and self.abort_uploads is not None:
            raise ValueError("`abort_uploads` knows no size: give it a rule of its own, without `over`")
        return self


class Lifecycle(Model):
    """The rules of a bucket. Rules of others stay, unless `only` these are wanted."""

    rules: list[LifecycleRule]
    only: bool = False


class Store(Model):
    """A named place: one folder (`path`), an ordered group of folders (`paths`, a list or named), or a bucket (`s3`).

    `mount: required`: each folder must be a mount point, or lie on another file system than its parent's, so that an
    unmounted disk is never taken for an empty library. `optional`: may be away; then nothing is concluded about it.

    Of a bucket: keys lie below `prefix`. `endpoint_url` names a service other than AWS's, which needs consent (`reshelve trust`)
    unless it is on this machine; `profile` a profile of the AWS configuration; credentials come from the usual AWS chain, never
    from here. `class` is what uploads get unless their entry says another; `classes: false` says that the service keeps none, so
    that none is asked for. `verify`: an upload is checked by its head, or read back whole. `checksums: when_required` is for
    services that do not take the newer checksums. `accept_race`: uploads go on where the service cannot refuse to replace.
    `lifecycle` is what the service itself does with objects by their age: a plan brings the bucket's rules to that. `uploaded_by`
    is noted with every upload: where it is not given, the name of the user; "" notes nobody.
    """

    path: str | None = None
    paths: list[str] | dict[Name, str] | None = None
    s3: Annotated[str, Field(min_length=1)] | None = None
    prefix: str = ""
    region: str | None = None
    endpoint_url: Annotated[str, AfterValidator(plain_url)] | None = None
    profile: str | None = None
    path_style: bool | None = None
    checksums: Literal["auto", "when_required", "when_supported"] = "auto"
    verify: Literal["head", "read"] = "head"
    accept_race: bool = False
    storage_class: Annotated[StorageClass | None, Field(alias="class")] = None
    classes: bool = True
    thaw: ThawTerms = ThawTerms()
    lifecycle: Lifecycle | None = None
    uploaded_by: str | None = None
    reserve: Size = "1GB"
    mount: Literal["required"] | None = None
    optional: bool = False

    @model_validator(mode="after")
    def _one_place(self) -> "Store":
        if [self.path, self.paths, self.s3].count(None) != 2:
            raise ValueError("a store has one of `path`, `paths` and `s3`")
        if self.paths is not None and not self.paths:
            raise ValueError("`paths` names at least one folder")
        told = (name for name in _OF_BUCKETS if getattr(self, name) != type(self).model_fields[name].default)
        if self.s3 is None and (given := sorted(told)):
            raise ValueError(f"`{_WRITTEN.get(given[0], given[0])}` is for a store with `s3`")
        if self.s3 is not None and self.mount is not None:
            raise ValueError("`mount` is for folders")
        if not self.classes and self.storage_class is not None:
            raise ValueError("a store with `classes: false` has no `class`")
        return self


_OF_BUCKETS = (
    "prefix", "region", "endpoint_url", "profile", "path_style", "checksums", "verify", "accept_race", "storage_class", "classes",
    "thaw", "uploaded_by",
    "lifecycle",
)  # fmt: skip
_WRITTEN = {"storage_class": "class"}
