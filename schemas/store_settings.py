"""Stores as a workspace declares them: folders of this machine, and buckets."""

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from reshelve.schemas import quantities
from reshelve.schemas.endpoints import plain_url, region
from reshelve.schemas.layout import StorageClass


class PartError(ValueError):
    """What a whole is refused for, and which part of it is at fault: `below` are the keys and numbers that lead there."""

    def __init__(self, detail: str, *below: str | int) -> None:
        self.below = below
        super().__init__(detail)


def checked(parse: Any) -> AfterValidator:
    """Return a check that text is what `parse` reads; the text stays as it is."""

    def check(text: str) -> str:
        parse(text)
        return text

    return AfterValidator(check)


Size = Annotated[str, checked(quantities.size), Field(title="size", description="a size: 700MB, 1.5GiB")]
Days = Annotated[str, checked(quantities.days), Field(title="age in days", description="an age in whole days: 180d, 6months, 1y")]
Age = Annotated[str, checked(quantities.age), Field(description="a time: 30s, 5m, 1h")]
Name = Annotated[str, Field(title="name", pattern=r"^[A-Za-z][A-Za-z0-9_-]*$")]


class Model(BaseModel):
    """What every part of the workspace has in common: unknown keys are problems, values never change.

    What checks it is built at its first use: a part alone is seldom checked, and the whole has its parts' checks within. So
    defaults are made by `model_construct`, which checks nothing.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, defer_build=True)


_VARIABLE = re.compile(r"\$\{[A-Za-z_][A-Za-z0-9_]*\}")
# An ARN's parts become parts of a host name: no others are taken than botocore takes.
_ACCESS_POINT = (
    r"arn:aws[a-z-]*:(?:s3|s3-object-lambda):[a-z0-9-]*:[0-9]{12}:accesspoint[/:][A-Za-z0-9.-]{1,63}"
    r"|arn:aws[a-z-]*:s3-outposts:[a-z0-9-]+:[0-9]{12}:outpost[/:][A-Za-z0-9-]{1,63}[/:]accesspoint[/:][A-Za-z0-9-]{1,63}"
)
_BUCKET = re.compile(rf"[A-Za-z0-9._-]{{1,255}}|{_ACCESS_POINT}")
_BUCKET_ARN = re.compile(r"arn:[a-z-]+:s3:::(.*)")
_SERVICE = re.compile(r"https?://")
_AWS_HOST = re.compile(r"(?:(?P<bucket>.+)\.)?s3[.-](?:[a-z0-9-]+\.)*amazonaws\.com(?:\.cn)?")


def _prefix(text: str) -> None:
    """Refuse a prefix whose keys no location could name. Raises ValueError."""
    if any(part in (".", "..", "") for part in text.strip("/").split("/")) and text.strip("/"):
        raise ValueError(f"{text!r} is not a prefix: it has no empty parts, and neither `.` nor `..`")


def _region(name: str) -> str:
    """Return the region of a bucket, in which `${NAME}` may not be filled in yet. Raises ValueError."""
    region(_VARIABLE.sub("x", name))
    return name


def _bucket(name: str) -> str:
    """Return the name of a bucket. Raises ValueError of what is none, with its parts: an address, a path, the ARN of a bucket."""
    if name.endswith("--x-s3"):
        raise ValueError(
            f"{name!r} is a directory bucket (S3 Express One Zone), whose listings have no order and whose ETags are no sums: "
            "use a general purpose bucket"
        )
    arn = _BUCKET_ARN.fullmatch(name)
    if "${" in name or (arn is None and _BUCKET.fullmatch(name)):
        return name
    service = ""
    if arn is not None:
        bucket, _, prefix = arn[1].partition("/")
    elif _SERVICE.match(name):
        # Neither the password nor the signature that may stand in one is repeated.
        name = re.sub(r"(?<=://)[^/]*@", "", name.partition("?")[0])
        service, bucket, prefix = _of_service(name)
    else:
        bucket, _, prefix = name.removeprefix("s3://").strip("/").partition("/")
    if re.fullmatch(r"[A-Za-z0-9._-]{1,255}", bucket):
        told = {"s3": bucket, "prefix": prefix.strip("/"), "endpoint_url": service}
        keys = ", ".join(f"{key}: {text}" for key, text in told.items() if text)
        raise ValueError(f"{name!r} is an {'ARN' if arn else 'address'}: give the bucket its own key ({keys})")
    raise ValueError(f"{name!r} is not the name of a bucket: use letters, digits, dots, hyphens and underscores")


def _of_service(address: str) -> tuple[str, str, str]:
    """Return (service, bucket, prefix) of a web address of a bucket; the service is "" for AWS, whose hosts name buckets too."""
    scheme, _, rest = address.partition("://")
    host, _, path = rest.partition("/")
    aws = _AWS_HOST.fullmatch(host)
    if aws is not None and aws["bucket"]:
        return "", aws["bucket"], path
    bucket, _, prefix = path.partition("/")
    return "" if aws is not None else f"{scheme}://{host}", bucket, prefix


def _folder(path: str) -> str:
    """Return the path of a folder. Raises ValueError of what is an address."""
    if "://" in path:
        raise ValueError("a folder has a path, not an address: mount it, or use `s3:` for a bucket")
    return path


ThawTier = Literal["Expedited", "Standard", "Bulk"]


class ThawTerms(Model):
    """How archived objects of a bucket are thawed."""

    days: Annotated[int, Field(ge=1, le=365, description="How long a thawed object stays readable.", examples=[14])] = 7
    tier: Annotated[ThawTier, Field(description="How fast it is thawed.", examples=["Bulk"])] = "Standard"


class LifecycleRule(Model):
    """What a bucket does with objects by age in days; objects only move to colder classes."""

    name: Annotated[
        Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")],
        Field(description="The rule's name in the bucket.", examples=["to-deep"]),
    ]
    prefix: Annotated[
        str,
        Field(
            description="The objects it applies to: those whose keys begin with this, below the store's own prefix.",
            examples=["raw/"],
        ),
    ] = ""
    move: Annotated[
        dict[StorageClass, Days],
        Field(description="The age at which an object moves to each storage class.", examples=[{"STANDARD_IA": "90d"}]),
    ] = {}
    expire: Annotated[Days | None, Field(description="The age at which objects are deleted permanently.", examples=["1y"])] = None
    expire_versions: Annotated[
        Days | None, Field(description="How long replaced or deleted versions are kept.", examples=["30d"])
    ] = None
    abort_uploads: Annotated[
        Days | None, Field(description="The age at which unfinished uploads in parts are removed.", examples=["7d"])
    ] = None
    over: Annotated[Size | None, Field(description="Smaller objects are not moved or expired.", examples=["1MiB"])] = None

    @model_validator(mode="after")
    def _does_something(self) -> "LifecycleRule":
        if not (self.move or self.expire or self.expire_versions or self.abort_uploads):
            raise ValueError("a rule has at least one of `move`, `expire`, `expire_versions` and `abort_uploads`")
        if self.over is not None and self.abort_uploads is not None:
            raise ValueError("`abort_uploads` knows no size: give it a rule of its own, without `over`")
        return self


class Lifecycle(Model):
    """The rules of a bucket."""

    rules: Annotated[
        list[LifecycleRule],
        Field(description="The rules that the bucket should have.", examples=[[{"name": "parts", "abort_uploads": "7d"}]]),
    ]
    only: Annotated[bool, Field(description="Whether rules that reshelve did not write are removed.")] = False


class LocalStore(Model):
    """This machine's own settings for one store: only the keys that differ from `reshelve.yaml`."""

    path: Annotated[
        Annotated[str, AfterValidator(_folder)] | None,
        Field(description="One folder. A relative path starts at the workspace.", examples=["/mnt/media"]),
    ] = None
    paths: Annotated[
        list[Annotated[str, AfterValidator(_folder)]] | dict[Name, Annotated[str, AfterValidator(_folder)]] | None,
        Field(
            description="An ordered group of folders that are one library, as a list or named.",
            examples=[{"one": "/mnt/disk1", "two": "/mnt/disk2"}],
        ),
    ] = None
    s3: Annotated[
        Annotated[str, Field(min_length=1), AfterValidator(_bucket)] | None,
        Field(description="The name of a bucket.", examples=["my-archive"]),
    ] = None
    prefix: Annotated[
        str,
        checked(_prefix),
        Field(description="The part of the bucket that this store uses: all keys begin with it.", examples=["videos/"]),
    ] = ""
    region: Annotated[
        Annotated[str, AfterValidator(_region)] | None,
        Field(description="The bucket's region: letters, digits and hyphens.", examples=["eu-central-1"]),
    ] = None
    endpoint_url: Annotated[
        Annotated[str, AfterValidator(plain_url)] | None,
        Field(
            description="A service other than AWS. It needs consent (`reshelve trust`) unless it is on this machine.",
            examples=["https://s3.example.org"],
        ),
    ] = None
    profile: Annotated[
        str | None,
        Field(
            description="An AWS profile. Credentials come from the usual AWS credential chain, never from this file.",
            examples=["media"],
        ),
    ] = None
    path_style: Annotated[
        bool | None, Field(description="Whether the bucket's name is part of the path in URLs. Default: as the service needs it.")
    ] = None
    checksums: Annotated[
        Literal["auto", "when_required", "when_supported"],
        Field(description="`when_required` is for services that do not accept the newer checksums.", examples=["when_required"]),
    ] = "auto"
    verify: Annotated[
        Literal["head", "read"],
        Field(description="How an upload is checked: by a HEAD request, or by reading it back completely.", examples=["read"]),
    ] = "head"
    accept_race: Annotated[bool, Field(description="Uploads continue even if the service cannot refuse to replace an object.")] = (
        False
    )
    storage_class: Annotated[
        StorageClass | None,
        Field(
            alias="class",
            description="The storage class of what comes into this store from elsewhere and whose entry names none.",
            examples=["STANDARD_IA"],
        ),
    ] = None
    classes: Annotated[bool, Field(description="`false`: the service has no storage classes, so none is requested.")] = True
    versions: Annotated[
        bool,
        Field(description="`false`: treat the bucket as one without versions, without asking the service.", examples=[False]),
    ] = True
    patience: Annotated[
        Age, Field(description="How long to retry a request that the service or network fails.", examples=["15m"])
    ] = "5m"
    encryption: Annotated[
        Literal["AES256", "aws:kms", "aws:kms:dsse"] | None,
        Field(description="How uploads are encrypted. Default: the bucket's own setting.", examples=["aws:kms"]),
    ] = None
    kms_key: Annotated[
        str,
        Field(
            description="The key for `encryption: aws:kms`. Default: the account's own.",
            examples=["arn:aws:kms:eu-central-1:111122223333:key/1234"],
        ),
    ] = ""
    requester_pays: Annotated[bool, Field(description="You agree to pay for requests.")] = False
    thaw: Annotated[ThawTerms, Field(description="How archived objects are thawed.", examples=[{"days": 14, "tier": "Bulk"}])] = (
        ThawTerms.model_construct()
    )
    lifecycle: Annotated[
        Lifecycle | None,
        Field(description="What the service itself does with objects by age; a plan updates the bucket's rules to match."),
    ] = None
    uploaded_by: Annotated[
        str | None,
        Field(
            description="The name recorded with every upload. Default: the user; if empty, nobody.",
            examples=["studio"],
        ),
    ] = None
    reserve: Annotated[
        Size,
        Field(
            description="Space that a plan leaves free on the file system of each folder that it brings something to: by copies, "
            "archives, what is unpacked or downloaded, and moves from another file system. A move within one file system takes no "
            "space, and is planned in any case. A size, not a share of the disk: for 10% of a disk of 4 TB, write `400GB`. Beside "
            "it, a plan leaves 16 blocks of the file system for the run's own small files, mostly 66 kB.",
            examples=["50GB"],
        ),
    ] = "1GB"
    mount: Annotated[
        Literal["required"] | None,
        Field(
            description="`required`: each folder must be a mount point, or on a different file system from "
            "its parent, so that an unmounted disk is never taken for an empty library.",
            examples=["required"],
        ),
    ] = None
    together: Annotated[
        Literal["required"] | None,
        Field(
            description="`required`: what belongs together (a show, film, album or project) is never split over several folders of "
            "`paths`: what has no room beside the rest is left out of the plan (`home-full`). Without it, such files go to the "
            "next folder with room, and the plan says so (`parted`).",
            examples=["required"],
        ),
    ] = None
    optional: Annotated[bool, Field(description="The store may be unavailable; while it is, nothing is planned for it.")] = False


class Store(LocalStore):
    """A named place: one folder (`path`), an ordered group of folders (`paths`, a list or named), or a bucket (`s3`)."""

    @model_validator(mode="after")
    def _one_place(self) -> "Store":
        if [self.path, self.paths, self.s3].count(None) != 2:
            raise ValueError("a store has one of `path`, `paths` and `s3`")
        if self.paths is not None and not self.paths:
            raise ValueError("`paths` names at least one folder")
        told = (name for name in _OF_BUCKETS if getattr(self, name) != type(self).model_fields[name].default)
        if self.s3 is None and (given := sorted(told)):
            written = _WRITTEN.get(given[0], given[0])
            raise PartError(f"`{written}` is for a store with `s3`", written)
        if self.s3 is not None and self.mount is not None:
            raise PartError("`mount` is for folders", "mount")
        if self.together is not None and self.paths is None:
            raise PartError("`together` is for `paths`", "together")
        if self.kms_key and not (self.encryption or "").startswith("aws:kms"):
            raise PartError("`kms_key` is for `encryption: aws:kms`", "kms_key")
        if not self.classes and self.storage_class is not None:
            raise PartError("a store with `classes: false` has no `class`", "class")
        return self


_OF_BUCKETS = (
    "prefix", "region", "endpoint_url", "profile", "path_style", "checksums", "verify", "accept_race", "storage_class", "classes",
    "versions", "patience", "encryption", "kms_key", "requester_pays", "thaw", "uploaded_by", "lifecycle",
)  # fmt: skip
_WRITTEN = {"storage_class": "class"}
