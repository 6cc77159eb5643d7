"""Which bucket, at which service, and how to deal with it."""

from typing import Literal

from reshelve.schemas import quantities
from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.schemas.store_settings import Store

MIB = 1 << 20
GIB = 1 << 30


@dataclass(slots=True, frozen=True)
class BucketSettings:
    """One bucket and prefix. Sizes are in bytes.

    More than `part_size` goes up in parts of that size; it comes down in one answer where that brings at least `one_answer` bytes a
    second, from afar in ranges of `range_size`. More than `copy_limit` is copied in parts (5 GiB is the most that S3 copies whole).
    With `versions` False the bucket is taken for one that keeps none,
    without asking. `patience` is for how many seconds a request that failed on its way is tried again. `jobs` is how many requests
    for parts go on at once. `uploaded_by` is noted with every upload, unless it is "".
    """

    bucket: str
    prefix: str = ""
    region: str | None = None
    endpoint_url: str | None = None
    profile: str | None = None
    path_style: bool | None = None
    checksums: Literal["auto", "when_required", "when_supported"] = "auto"
    verify: Literal["head", "read"] = "head"
    accept_race: bool = False
    storage_class: str = ""
    versions: bool = True
    patience: float = 300.0
    encryption: str = ""
    kms_key: str = ""
    requester_pays: bool = False
    part_size: int = 16 * MIB
    range_size: int = 8 * MIB
    one_answer: int = 256 * MIB
    copy_limit: int = 5 * GIB
    jobs: int = 8
    fast: bool = True
    uploaded_by: str = ""

    @property
    def address(self) -> str:
        """The bucket and prefix as people write them."""
        return f"s3://{self.bucket}/{self.prefix}".rstrip("/")

    @property
    def own_service(self) -> bool:
        """Whether this is a service other than AWS's."""
        return self.endpoint_url is not None and not self.endpoint_url.rstrip("/").endswith((".amazonaws.com", ".amazonaws.com.cn"))

    @property
    def by_path(self) -> bool:
        """Whether requests name the bucket in their path rather than in the host."""
        return self.own_service or "." in self.bucket if self.path_style is None else self.path_style


def settings_of(declared: Store, user: str = "") -> BucketSettings:
    """Return the settings of a bucket that a workspace declares; `user` uploads unless it names another. Raises ValueError."""
    if declared.s3 is None:
        raise ValueError("is a folder, not a bucket")
    return BucketSettings(
        bucket=declared.s3,
        prefix=declared.prefix.strip("/"),
        region=declared.region,
        endpoint_url=declared.endpoint_url,
        profile=declared.profile,
        path_style=declared.path_style,
        checksums=declared.checksums,
        verify=declared.verify,
        accept_race=declared.accept_race,
        storage_class=declared.storage_class or "",
        versions=declared.versions,
        encryption=declared.encryption or "",
        kms_key=declared.kms_key,
        requester_pays=declared.requester_pays,
        patience=quantities.age(declared.patience),
        uploaded_by=user if declared.uploaded_by is None else declared.uploaded_by,
    )
