"""What a service's refusals mean, and what to do about each: every error of boto3 becomes an OSError that says both."""

import errno
import shlex
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal

from reshelve.executors.contracts.archived_objects import ArchivedError
from reshelve.executors.stores.s3.bucket_settings import BucketSettings
from reshelve.executors.stores.s3.error_meanings import (
    ARCHIVE_TIER,
    ARCHIVED,
    BAD_CONFIG,
    BAD_ENDPOINT,
    BAD_NAME,
    BUSY,
    CERTIFICATE,
    CERTIFICATES,
    DENIED,
    DOWN,
    EXPIRED,
    FAILED,
    LOCKED,
    MEANINGS,
    NO_CREDENTIALS,
    NO_PROFILE,
    NO_SCHEME,
    NOT_PLAIN,
    NOT_S3,
    REGION,
    SENT_ON,
    VERSIONS_UNKNOWN,
    Meaning,
)
from reshelve.executors.stores.s3.needed_rights import right_for

if TYPE_CHECKING:
    from botocore.exceptions import ClientError


class BucketError(OSError):
    """A bucket that cannot be used as asked. `kind` is a stable id, `hint` what to do next; `strerror` says both."""

    def __init__(self, code: int, kind: str, what: str, hint: str, path: str) -> None:
        super().__init__(code, f"{what}; {hint}" if hint else what, path)
        self.kind = kind
        self.what = what
        self.hint = hint


MISSING = frozenset(("NoSuchKey", "NoSuchVersion", "NoSuchUpload", "404", "NotFound"))
TAKEN = frozenset(("PreconditionFailed", "412"))
_ALWAYS_THERE = frozenset(("ListObjectsV2", "GetBucketVersioning"))
"""What no service that speaks S3 finds missing, unless the bucket is, which has a name of its own."""
CONFLICT = frozenset(("ConditionalRequestConflict", "OperationAborted", "409"))


def code_of(error: "ClientError") -> str:
    """Return the service's own name of an error, such as "NoSuchKey", or the HTTP status where it gave none."""
    said = str(error.response.get("Error", {}).get("Code", ""))
    return said or str(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", ""))


def told(error: Exception, settings: BucketSettings, path: str) -> OSError:
    """Return what an error of boto3 means, as an OSError about `path`. Any other error is not expected here."""
    from botocore import exceptions

    if isinstance(error, exceptions.ClientError):
        return _refused(error, settings, path)
    if isinstance(error, exceptions.ParamValidationError) and "Invalid bucket name" in str(error):
        return _error(BAD_NAME, settings, path, error)
    for kinds, meaning in (
        ((exceptions.NoCredentialsError, exceptions.PartialCredentialsError, exceptions.CredentialRetrievalError), NO_CREDENTIALS),
        ((exceptions.ProfileNotFound,), NO_PROFILE),
        ((exceptions.ConfigParseError, exceptions.InvalidConfigError, exceptions.ConfigNotFound), BAD_CONFIG),
        ((exceptions.EndpointResolutionError,), BAD_ENDPOINT),
        ((exceptions.UnauthorizedSSOTokenError, exceptions.SSOTokenLoadError, exceptions.TokenRetrievalError), EXPIRED),
        ((exceptions.SSLError,), _certificate(error)),
        ((exceptions.HTTPClientError, exceptions.EndpointConnectionError, exceptions.ConnectionError), DOWN),
    ):
        if isinstance(error, kinds):
            return _error(meaning, settings, path, error)
    return BucketError(errno.EIO, "service-said", f"{type(error).__name__}: {error}", "check the network and the service", path)


def _certificate(error: Exception) -> Meaning:
    """Return what is wrong with a secured connection; one that breaks off is no matter of certificates."""
    said = _of_security(error).lower()
    found = next((meaning for words, meaning in CERTIFICATES if words in said), None)
    return found or (CERTIFICATE if "certificate" in said else DOWN)


def _of_security(error: Exception) -> str:
    """Return what the library said of a secured connection, without the address."""
    return str(error).partition("SSL validation failed for ")[2].partition(" ")[2].partition(" (_ssl.c")[0]


def _why_insecure(error: Exception) -> str:
    words = _of_security(error)
    return words.rpartition("] ")[2] or words


def _refused(error: "ClientError", settings: BucketSettings, path: str) -> OSError:
    code = code_of(error)
    if code in MISSING and error.operation_name in _ALWAYS_THERE:
        return _error(NOT_S3, settings, path, error)
    if code in MISSING:
        return FileNotFoundError(errno.ENOENT, "there is no such object", path)
    if code in TAKEN:
        return FileExistsError(errno.EEXIST, "there is an object already", path)
    meaning = MEANINGS.get(code)
    if meaning is ARCHIVED and _tiered(error):
        meaning = ARCHIVE_TIER
    if meaning is not None:
        return _error(meaning, settings, path, error)
    status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
    if status in (302, 303, 307, 308):
        return _error(SENT_ON, settings, path, error)
    if status in (301, 403, 405, 429, 500, 501, 502, 503, 504):
        return _error(MEANINGS[str(status)], settings, path, error)
    said = error.response.get("Error", {}).get("Message") or ""
    what = f"the service said {code} to {error.operation_name}{': ' if said else ''}{said}"
    return BucketError(errno.EIO, "service-said", what, "this is the service's own refusal, not the disk's", path)


def _tiered(error: "ClientError") -> bool:
    """Say whether what is archived is so by INTELLIGENT_TIERING, which no listing tells."""
    said: dict[str, Any] = {**error.response, **error.response.get("Error", {})}
    return bool(said.get("StorageClass") == "INTELLIGENT_TIERING" or said.get("AccessTier"))


def standing_of(error: "ClientError") -> Literal["failed", "denied", "answered"]:
    """Say whether a refusal is an answer to what was asked, or this user may not ask, or the service failed to answer."""
    status = str(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", ""))
    meaning = MEANINGS.get(code_of(error)) or MEANINGS.get(status)
    if meaning in (BUSY, FAILED):
        return "failed"
    return "denied" if meaning is DENIED else "answered"


def as_s3(settings: BucketSettings, path: str, answer: Any, *names: str) -> Any:
    """Return an answer that holds one of `names`. OSError where it holds none of them, as a web page does.

    boto3 would take that for a bucket without objects, or for an object of which nothing is known.
    """
    if answer.keys().isdisjoint(names):
        raise _error(NOT_S3, settings, path, ValueError())
    return answer


def no_scheme(settings: BucketSettings, error: Exception) -> OSError:
    """Return the refusal of an endpoint that is no URL."""
    return _error(NO_SCHEME, settings, settings.address, error)


def locked(settings: BucketSettings, path: str, held: str) -> OSError:
    """Return the refusal to remove an object that the bucket's own lock holds; `held` says until when, or by what."""
    return _error(LOCKED, settings, path, ValueError(held))


def bad_endpoint(settings: BucketSettings, error: Exception) -> OSError:
    """Return the refusal of an endpoint that no client could ask."""
    return _error(BAD_ENDPOINT, settings, settings.address, error)


def not_plain(settings: BucketSettings) -> OSError:
    """Return the refusal of an endpoint that holds a name, password or query: nothing of it is repeated."""
    return _error(NOT_PLAIN, settings, settings.address, ValueError())


def versions_unknown(settings: BucketSettings, path: str, error: Exception) -> OSError:
    """Return the refusal of a bucket of which it cannot be learned whether it keeps versions."""
    return _error(VERSIONS_UNKNOWN, settings, path, error)


@contextmanager
def telling(settings: BucketSettings, path: str) -> Iterator[None]:
    """Let what boto3 raises within come out as an OSError about `path`."""
    from botocore.exceptions import BotoCoreError, ClientError
    from urllib3.exceptions import HTTPError

    try:
        yield
    except (BotoCoreError, ClientError) as error:
        raise told(error, settings, path) from error
    except HTTPError as error:
        raise _error(DOWN, settings, path, error) from error


def _error(meaning: Meaning, settings: BucketSettings, path: str, error: Exception) -> OSError:
    region = ""
    operation = getattr(error, "operation_name", "")
    if meaning is ARCHIVED:
        return ArchivedError(path, meaning.what, meaning.hint)
    if meaning is ARCHIVE_TIER:
        key = path.removeprefix("s3://").partition("/")[2]
        what = meaning.what.format(bucket=shlex.quote(settings.bucket)) + shlex.quote(key)
        return ArchivedError(path, what, meaning.hint)
    if meaning is REGION:
        response: dict[str, Any] = getattr(error, "response", {})
        headers = response.get("ResponseMetadata", {}).get("HTTPHeaders", {})
        found = headers.get("x-amz-bucket-region") or response.get("Error", {}).get("Region")
        region = f", {found}" if found else ""
    fill: Callable[[str], str] = lambda text: text.format(  # noqa: E731
        bucket=settings.bucket,
        region=region,
        create=_create_command(settings),
        why=_why_insecure(error),
        operation=operation,
        right=right_for(operation, str(error)) if meaning is DENIED else "",
        endpoint=settings.endpoint_url or "the service",
        said=str(error).rstrip("."),
        profile=f"the profile {settings.profile}" if settings.profile else "the environment or profile in use",
    )
    return BucketError(meaning.code, meaning.kind, fill(meaning.what), fill(meaning.hint), path)


def _create_command(settings: BucketSettings) -> str:
    """Return the command that makes the bucket where the store looks for it: with its region, profile and endpoint."""
    words = ["aws", "s3api", "create-bucket", "--bucket", settings.bucket]
    named = (("--profile", settings.profile), ("--endpoint-url", settings.endpoint_url), ("--region", settings.region))
    words += [word for option, value in named if value for word in (option, value)]
    if settings.region and settings.region != "us-east-1":
        words += ["--create-bucket-configuration", f"LocationConstraint={settings.region}"]
    return shlex.join(words)
