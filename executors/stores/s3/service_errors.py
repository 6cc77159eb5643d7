"""What a service's refusals mean, and what to do about each: every error of boto3 becomes an OSError that says both."""

import errno
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from reshelve.executors.stores.s3.bucket_settings import BucketSettings

if TYPE_CHECKING:
    from botocore.exceptions import ClientError


class BucketError(OSError):
    """A bucket that cannot be used as asked. `kind` is a stable id, `hint` what to do next; `strerror` says both."""

    def __init__(self, code: int, kind: str, what: str, hint: str, path: str) -> None:
        super().__init__(code, f"{what}; {hint}" if hint else what, path)
        self.kind = kind
        self.what = what
        self.hint = hint


class _Meaning(NamedTuple):
    code: int
    kind: str
    what: str
    hint: str


_NO_CREDENTIALS = _Meaning(
    errno.EACCES,
    "no-credentials",
    "no AWS credentials were found",
    "set AWS_PROFILE, or `profile:` of the store, or run `aws configure` (`aws sso login` with SSO)",
)
_WRONG = _Meaning(
    errno.EACCES,
    "wrong-credentials",
    "the service does not know these credentials",
    "check the key and secret of {profile}; `aws sts get-caller-identity` shows whose they are",
)
_EXPIRED = _Meaning(
    errno.EACCES,
    "expired-credentials",
    "the credentials have expired",
    "get new ones (`aws sso login`, or renew the session token) and run the command again",
)
_NO_BUCKET = _Meaning(
    errno.ENODEV,
    "no-bucket",
    "there is no bucket {bucket}",
    "check `s3:` of the store and the account in use, or make it: aws s3api create-bucket --bucket {bucket}",
)
_REGION = _Meaning(
    errno.EREMOTE,
    "wrong-region",
    "the bucket {bucket} is in another region{region}",
    "set `region:` of the store to the bucket's own",
)
_DENIED = _Meaning(
    errno.EACCES,
    "denied",
    "access is denied ({operation})",
    "let this user do {operation} on {bucket}; `reshelve s3 policy` prints all that is needed",
)
_CLOCK = _Meaning(
    errno.EACCES,
    "clock",
    "this machine's clock is too far from the service's",
    "set the clock (NTP) and run the command again",
)
_DOWN = _Meaning(
    errno.EHOSTUNREACH,
    "endpoint-down",
    "{endpoint} does not answer",
    "check the network and `endpoint_url:` of the store, then run the command again",
)
_SENT_ON = _Meaning(
    errno.EREMOTE,
    "sent-on",
    "{endpoint} sends on to another address, which is not followed",
    "set `endpoint_url:` of the store to the address where answers come from",
)
_ARCHIVED = _Meaning(errno.EAGAIN, "archived", "is archived and has to be thawed first", "plan it: the plan then thaws it")
_UNSUPPORTED = _Meaning(errno.EOPNOTSUPP, "unsupported", "the service cannot do that ({operation})", "")

_MEANINGS: dict[str, _Meaning] = {
    **dict.fromkeys(("InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidToken", "InvalidClientTokenId"), _WRONG),
    **dict.fromkeys(("ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired", "RequestExpired"), _EXPIRED),
    "NoSuchBucket": _NO_BUCKET,
    **dict.fromkeys(("PermanentRedirect", "AuthorizationHeaderMalformed", "IllegalLocationConstraintException", "301"), _REGION),
    **dict.fromkeys(("AccessDenied", "AccessDeniedException", "AllAccessDisabled", "AccountProblem", "403", "Forbidden"), _DENIED),
    **dict.fromkeys(("RequestTimeTooSkewed", "RequestInTheFuture"), _CLOCK),
    **dict.fromkeys(("InvalidObjectState", "ObjectNotInActiveTierError"), _ARCHIVED),
    **dict.fromkeys(("NotImplemented", "MethodNotAllowed", "XNotImplemented", "405", "501"), _UNSUPPORTED),
    "SlowDown": _Meaning(errno.EBUSY, "busy", "the service asks to slow down", "run the command again later, or with fewer --jobs"),
    "EntityTooLarge": _Meaning(errno.EFBIG, "too-large", "is larger than the service takes", ""),
    "QuotaExceeded": _Meaning(errno.ENOSPC, "quota", "the quota of the bucket or user is used up", ""),
    "BadDigest": _Meaning(errno.EIO, "corrupted", "what arrived is not what was sent", "run the command again; check the network"),
    "InvalidStorageClass": _Meaning(errno.EINVAL, "no-class", "the service has no such storage class", "give another `class:`"),
}
MISSING = frozenset(("NoSuchKey", "NoSuchVersion", "NoSuchUpload", "404", "NotFound"))
TAKEN = frozenset(("PreconditionFailed", "412"))
CONFLICT = frozenset(("ConditionalRequestConflict", "OperationAborted", "409"))


def code_of(error: "ClientError") -> str:
    """Return the service's own name of an error, such as "NoSuchKey", or the HTTP status where it gave none."""
    said = str(error.response.get("Error", {}).get("Code", ""))
    return said or str(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", ""))


def told(error: Exception, settings: BucketSettings, path: str) -> OSError:
    """Return what an error of boto3 means, as an OSError about `path`. Any other error is not expected here."""
    from botocore import exceptions

    if isinstance(error, exceptions.ClientError):
        code = code_of(error)
        if code in MISSING:
            return FileNotFoundError(errno.ENOENT, "there is no such object", path)
        if code in TAKEN:
            return FileExistsError(errno.EEXIST, "there is an object already", path)
        meaning = _MEANINGS.get(code)
        if meaning is not None:
            return _error(meaning, settings, path, error)
        status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
        if status in (302, 303, 307, 308):
            return _error(_SENT_ON, settings, path, error)
        if status in (301, 403, 405, 501):
            return _error(_MEANINGS[str(status)], settings, path, error)
        said = error.response.get("Error", {}).get("Message") or ""
        return OSError(errno.EIO, f"the service said {code} to {error.operation_name}{': ' if said else ''}{said}", path)
    for kinds, meaning in (
        ((exceptions.NoCredentialsError, exceptions.PartialCredentialsError, exceptions.CredentialRetrievalError), _NO_CREDENTIALS),
        ((exceptions.ProfileNotFound,), _NO_CREDENTIALS),
        ((exceptions.UnauthorizedSSOTokenError, exceptions.SSOTokenLoadError, exceptions.TokenRetrievalError), _EXPIRED),
        ((exceptions.HTTPClientError, exceptions.EndpointConnectionError, exceptions.ConnectionError), _DOWN),
    ):
        if isinstance(error, kinds):
            return _error(meaning, settings, path, error)
    return OSError(errno.EIO, f"{type(error).__name__}: {error}", path)


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
        raise _error(_DOWN, settings, path, error) from error


def _error(meaning: _Meaning, settings: BucketSettings, path: str, error: Exception) -> OSError:
    region = ""
    operation = getattr(error, "operation_name", "")
    if meaning is _ARCHIVED:
        return OSError(errno.EAGAIN, meaning.what, path)
    if meaning is _REGION:
        response: dict[str, Any] = getattr(error, "response", {})
        headers = response.get("ResponseMetadata", {}).get("HTTPHeaders", {})
        found = headers.get("x-amz-bucket-region") or response.get("Error", {}).get("Region")
        region = f", {found}" if found else ""
    fill: Callable[[str], str] = lambda text: text.format(  # noqa: E731
        bucket=settings.bucket,
        region=region,
        operation=operation,
        endpoint=settings.endpoint_url or "the service",
        profile=f"the profile {settings.profile}" if settings.profile else "the environment or profile in use",
    )
    return BucketError(meaning.code, meaning.kind, fill(meaning.what), fill(meaning.hint), path)
