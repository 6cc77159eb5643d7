"""One bucket and prefix: keys, heads, versions, and calls whose refusals are told as OSErrors."""

import errno
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from threading import Lock
from typing import TYPE_CHECKING, Any

from reshelve.executors.contracts.archived_objects import ArchivedError
from reshelve.executors.stores.object_metadata import Recorded, recorded
from reshelve.executors.stores.s3.bucket_settings import BucketSettings
from reshelve.executors.stores.s3.clients import Connection
from reshelve.executors.stores.s3.error_meanings import SPOILT
from reshelve.executors.stores.s3.service_errors import BucketError, as_s3, locked, telling, told
from reshelve.schemas.inventory import Item, object_ino
from reshelve.schemas.locations import rel_fault
from reshelve.schemas.quick_dataclasses import dataclass

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

STANDARD = "STANDARD"
_HEADERS = (
    "ContentType",
    "CacheControl",
    "ContentDisposition",
    "ContentEncoding",
    "ContentLanguage",
    "Expires",
    "WebsiteRedirectLocation",
)
_KEYS = ("ServerSideEncryption", "SSEKMSKeyId", "BucketKeyEnabled")


@dataclass(slots=True, frozen=True)
class Head:
    """An object as its own head says: what stands there, what is recorded with it, its ETag without quotes, its version.

    `metadata` and `headers` (content type, key of KMS, …, by their names in requests) are what a copy has to be given again.
    `encrypted`: its ETag is no MD5, because the service encrypts it with keys that are told apart. `tags`: how many it has, 0 where
    the service does not tell.
    """

    item: Item
    said: Recorded
    etag: str
    version: str
    metadata: dict[str, str]
    headers: dict[str, Any]
    encrypted: bool
    tags: int


class Bucket:
    """What every verb works with. `fs` is the id that objects are known by, beside their ETags."""

    def __init__(self, settings: BucketSettings, fs: str = "") -> None:
        self.settings = settings
        self.connection = Connection(settings)
        self.name = settings.bucket
        self.prefix = f"{settings.prefix}/" if settings.prefix else ""
        service = (settings.endpoint_url or "amazonaws.com").rpartition("://")[2].rstrip("/")
        self.fs = fs or f"s3:{service}/{settings.bucket}"
        self.patience = self.connection.patience
        self._pool: ThreadPoolExecutor | None = None
        self._making = Lock()
        self._granting: bool | None = None
        self._locking: bool | None = None
        self.clock_ns = 0

    @property
    def client(self) -> "S3Client":
        """boto3's client."""
        return self.connection.client

    @property
    def pool(self) -> ThreadPoolExecutor:
        """The threads that parts go up and come down by. What runs there waits for nothing that runs there."""
        with self._making:
            if self._pool is None:
                self._pool = ThreadPoolExecutor(self.settings.jobs, "s3")
            return self._pool

    def close(self) -> None:
        """Let go of the threads."""
        if self._pool is not None:
            self._pool.shutdown()

    def key(self, rel: str) -> str:
        """Return the key of a path. OSError: EINVAL of no path, EILSEQ of no UTF-8, ENAMETOOLONG past 1024 bytes."""
        if rel == "" or rel[-1] == "/" or rel_fault(rel):
            raise OSError(errno.EINVAL, "not a path below a store", rel)
        try:
            length = len((self.prefix + rel).encode())
        except UnicodeEncodeError:
            raise self.trouble(errno.EILSEQ, "is not UTF-8, and cannot be a key", rel) from None
        if length > 1024:
            raise self.trouble(errno.ENAMETOOLONG, "is longer than the 1024 bytes of a key", rel)
        return self.prefix + rel

    def path(self, rel: str) -> str:
        """Return the full address of a path, for people."""
        return f"{self.settings.address}/{rel}" if rel else self.settings.address

    def trouble(self, code: int, why: str, rel: str) -> OSError:
        """Return an OSError that names the object in full. What goes wrong with content on its way is never the disk's fault."""
        if code == errno.EIO:
            what, _, hint = why.partition("; ")
            return BucketError(code, "transfer", what, hint or "check the network, then run the command again", self.path(rel))
        return OSError(code, why, self.path(rel))

    def broke_off(self, rel: str, why: str) -> OSError:
        """Return what is raised where content does not come whole."""
        hint = "check the network, then run the command again; `patience:` of the store says how long it is tried"
        return BucketError(errno.EIO, "transfer", why, hint, self.path(rel))

    def arrived_spoilt(self, rel: str, what: str = "what arrived is not what was sent") -> OSError:
        """Return what is raised where the service holds other content than it was sent (`SPOILT`)."""
        return BucketError(errno.EIO, SPOILT, what, "run the command again, and check the network", self.path(rel))

    def taken(self, rel: str) -> OSError:
        """Return what is raised where a key is taken."""
        return self.trouble(errno.EEXIST, "there is an object already", rel)

    def telling(self, rel: str = "") -> Any:
        """Let what boto3 raises within come out as an OSError about a path."""
        return telling(self.settings, self.path(rel))

    @contextmanager
    def asking(self, rel: str) -> Iterator[None]:
        """Tell as `telling` does of a question for the newest object at a key; FileNotFoundError where none is listed there.

        Whoever may list by a prefix only is told "denied" of a key at which nothing is, as AWS and Ceph do.
        """
        try:
            with self.telling(rel):
                yield
        except BucketError as trouble:
            if trouble.kind == "denied" and not self._may_be_there(rel):
                raise FileNotFoundError(errno.ENOENT, "there is no such object", self.path(rel)) from trouble
            raise

    def _may_be_there(self, rel: str) -> bool:
        """Say whether the service lists an object, or does not let this user know."""
        key = self.key(rel)
        try:
            with self.telling(rel):
                page = self.listed(rel, self.client.list_objects_v2(Bucket=self.name, Prefix=key, MaxKeys=1))
        except BucketError as trouble:
            if trouble.kind != "denied":
                raise
            return True
        return any(each["Key"] == key for each in page.get("Contents", ()))

    @contextmanager
    def archived_told(self, rel: str) -> Iterator[None]:
        """Let the refusal of a copy tell of the object here that is archived, not of the key that its copy was to have."""
        from botocore.exceptions import ClientError

        try:
            yield
        except ArchivedError as trouble:
            if isinstance(trouble.__cause__, ClientError):
                raise told(trouble.__cause__, self.settings, self.path(rel)) from trouble.__cause__
            raise

    def head(self, rel: str, version: str = "") -> Head:
        """Ask for the head of an object, or of one version of it ("null": from before versions were kept). FileNotFoundError."""
        given: dict[str, Any] = {"VersionId": version} if version else {}
        with self.telling(rel) if version else self.asking(rel):
            found = self.found(rel, self.client.head_object(Bucket=self.name, Key=self.key(rel), **given))
        etag = found["ETag"].strip('"')
        kind = found.get("StorageClass", STANDARD)
        return Head(
            self.item(rel, found["ContentLength"], etag, found["LastModified"], kind, _restored(found.get("Restore", ""))),
            recorded(found["Metadata"]),
            etag,
            version_id(found.get("VersionId")) or version,
            {name.lower(): text for name, text in found["Metadata"].items()},
            _headers(found),
            found.get("ServerSideEncryption", "AES256") != "AES256" or "SSECustomerAlgorithm" in found,
            int(found["ResponseMetadata"]["HTTPHeaders"].get("x-amz-tagging-count", 0)),
        )

    def listed(self, rel: str, answer: Any) -> Any:
        """Return an answer to a listing. OSError where it is none."""
        return as_s3(self.settings, self.path(rel), answer, "Name", "IsTruncated", "KeyCount", "MaxKeys")

    def found(self, rel: str, answer: Any) -> Any:
        """Return an answer to a question for an object. OSError where it is none."""
        return as_s3(self.settings, self.path(rel), answer, "ETag")

    def heard(self, answer: Any) -> None:
        """Note that the service answers, and its own clock, as an answer of boto3's tells it."""
        from email.utils import parsedate_to_datetime

        self.patience.reached = True
        said = answer.get("ResponseMetadata", {}).get("HTTPHeaders", {}).get("date", "")
        with suppress(ValueError):
            self.clock_ns = int(parsedate_to_datetime(said).timestamp()) * 1_000_000_000

    def head_or_none(self, rel: str) -> Head | None:
        """Ask for the head of an object, or return None where there is none."""
        try:
            return self.head(rel)
        except FileNotFoundError:
            return None

    def head_of(self, rel: str, ino: int) -> Head:
        """Ask for the head of the object of that ETag (0: any). FileNotFoundError; OSError(ESTALE) where another stands there."""
        head = self.head(rel)
        if ino and head.item.ino != ino:
            raise self.trouble(errno.ESTALE, "was changed as it was to be removed", rel)
        return head

    def item(self, rel: str, size: int, etag: str, modified: datetime, storage_class: str, restored: str = "") -> Item:
        """Return what stands at a path. Services tell the time of writing in whole seconds or finer; whole seconds count."""
        at = int(modified.timestamp()) * 1_000_000_000
        return Item(rel, "file", size, at, at, object_ino(etag), 1, 0o644, self.fs, storage_class or STANDARD, restored)

    def knows_no_grants(self) -> None:
        """Note that the service cannot tell what of its objects was granted to whom."""
        with self._making:
            self._granting = False

    def has_grants(self) -> bool:
        """Say whether objects of this bucket can be given to others one by one; asked once. What fails to say so may have them."""
        from botocore.exceptions import ClientError

        with self._making:
            if self._granting is None:
                self._granting = True
                with self.telling():
                    try:
                        said: Any = self.client.get_bucket_ownership_controls(Bucket=self.name)
                        rules = said.get("OwnershipControls", {}).get("Rules", ())
                        self._granting = not any(rule.get("ObjectOwnership") == "BucketOwnerEnforced" for rule in rules)
                    except ClientError as error:
                        # Where even the question is unknown, so are grants.
                        self._granting = error.response["ResponseMetadata"]["HTTPStatusCode"] not in (405, 501)
            return self._granting

    def has_locks(self) -> bool:
        """Say whether objects of this bucket may be locked; asked once. What this user may not ask may be so."""
        from botocore.exceptions import ClientError

        from reshelve.executors.stores.s3.service_errors import standing_of

        with self._making:
            if self._locking is None:
                with self.telling():
                    try:
                        said: Any = self.client.get_object_lock_configuration(Bucket=self.name)
                        self._locking = said.get("ObjectLockConfiguration", {}).get("ObjectLockEnabled") == "Enabled"
                    except ClientError as error:
                        unknown = self.settings.own_service and error.response["ResponseMetadata"]["HTTPStatusCode"] == 500
                        if standing_of(error) == "failed" and not unknown:
                            raise
                        self._locking = standing_of(error) == "denied"
            return self._locking

    def _held(self, rel: str, given: dict[str, Any]) -> str:
        """Return by what lock of the bucket an object is held, in words; "" where by none, or this user may not know."""
        with suppress(OSError), self.telling(rel):
            return _held_by(self.client.head_object(Bucket=self.name, Key=self.key(rel), **given))
        return ""

    def delete(self, rel: str, version: str = "", etag: str = "") -> str:
        """Remove an object or one version of it; return the version id of the delete marker that made, "" without one.

        With `etag` the service is asked to refuse where another object stands there: see `matching_deletes`.
        """
        given: dict[str, Any] = {"VersionId": version} if version else {}
        condition: dict[str, Any] = {"IfMatch": f'"{etag}"'} if etag else {}
        try:
            with self.telling(rel):
                done = self.client.delete_object(Bucket=self.name, Key=self.key(rel), **given, **condition)
        except BucketError as trouble:
            if trouble.kind == "denied" and (held := self._held(rel, given)):
                raise locked(self.settings, self.path(rel), held) from trouble
            raise
        return version_id(done.get("VersionId")) if done.get("DeleteMarker") else ""


def _held_by(found: Any) -> str:
    """Return by what a head says that its object is held, in words; "" where it says nothing of it."""
    until = found.get("ObjectLockRetainUntilDate")
    if until is not None and until > datetime.now(UTC):
        return f"until {iso(until)}"
    return "by a legal hold" if found.get("ObjectLockLegalHoldStatus") == "ON" else ""


def _headers(found: Any) -> dict[str, Any]:
    """Return what a head says that a copy has to be told again, by its names in requests: headers, and a key of KMS."""
    kept = {name: found[name] for name in _HEADERS if name in found}
    if str(found.get("ServerSideEncryption", "")).startswith("aws:kms"):
        kept |= {name: found[name] for name in _KEYS if name in found}
    return kept


def version_id(text: str | None) -> str:
    """Return a version id as we keep it: "" where the bucket keeps no versions."""
    return "" if text in (None, "null") else str(text)


def _restored(header: str) -> str:
    """Read the header x-amz-restore: "" where none was asked for, "ongoing", or until when, ISO 8601 in UTC."""
    if not header:
        return ""
    if 'ongoing-request="true"' in header:
        return "ongoing"
    from email.utils import parsedate_to_datetime

    _, _, rest = header.partition('expiry-date="')
    try:
        return iso(parsedate_to_datetime(rest.partition('"')[0]))
    except ValueError:
        return ""


def iso(when: datetime) -> str:
    """Return a time as documents hold it: ISO 8601 in UTC, whole seconds."""
    return when.astimezone(UTC).replace(microsecond=0).isoformat().replace("+00:00", "Z")
