"""What errors of a service mean, and what to do about each: the table, by the service's own names of them."""

import errno
from typing import NamedTuple

from reshelve.executors.contracts.archived_objects import ASK_FOR_IT

_ENDPOINTS = "AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL, or endpoint_url of the AWS profile"


class Meaning(NamedTuple):
    """What an error of a service comes to: its errno, a stable id, what it says and what to do next, both to be filled in."""

    code: int
    kind: str
    what: str
    hint: str


NO_CREDENTIALS = Meaning(
    errno.EACCES,
    "no-credentials",
    "no AWS credentials were found",
    "set AWS_PROFILE, or `profile:` of the store, or run `aws configure` (`aws sso login` with SSO)",
)
WRONG = Meaning(
    errno.EACCES,
    "wrong-credentials",
    "the service does not know these credentials",
    "check the key and secret of {profile}; `aws sts get-caller-identity` shows whose they are",
)
EXPIRED = Meaning(
    errno.EACCES,
    "expired-credentials",
    "the credentials have expired",
    "get new ones (`aws sso login`, or renew the session token) and run the command again",
)
NO_BUCKET = Meaning(
    errno.ENODEV,
    "no-bucket",
    "there is no bucket {bucket}",
    "check `s3:` of the store and the account in use, or make it (`reshelve help set-up-a-bucket` says how): {create}",
)
BAD_NAME = Meaning(
    errno.EINVAL,
    "bad-bucket-name",
    "the service allows no bucket called {bucket}",
    "correct `s3:` of the store: 3 to 63 small letters, digits, dots and hyphens",
)
REGION = Meaning(
    errno.EREMOTE,
    "wrong-region",
    "the bucket {bucket} is in another region{region}",
    "set `region:` of the store to the bucket's own",
)
DENIED = Meaning(
    errno.EACCES,
    "denied",
    "access is denied ({operation})",
    "let this user do {right} on {bucket}; `reshelve s3 policy` prints all that is needed",
)
LOCKED = Meaning(
    errno.EACCES,
    "object-locked",
    "is held by the object lock of its bucket {said}",
    "nobody can remove it before that ends; it stays in the trash meanwhile",
)
CLOCK = Meaning(
    errno.EACCES,
    "clock",
    "this machine's clock is too far from the service's",
    "set the clock (NTP) and run the command again",
)
DOWN = Meaning(
    errno.EHOSTUNREACH,
    "endpoint-down",
    "{endpoint} does not answer",
    "check the network and `endpoint_url:` of the store, then run the command again",
)
CERTIFICATE = Meaning(
    errno.EHOSTUNREACH,
    "certificate",
    "the certificate of {endpoint} is not trusted ({why})",
    "if it is your own service's, put its certificate (or that of its CA) into a file, and name that: "
    "export AWS_CA_BUNDLE=/path/to/ca.pem, or `ca_bundle` of the AWS profile",
)
OTHER_NAME = Meaning(
    errno.EHOSTUNREACH,
    "certificate",
    "the certificate of {endpoint} is for another name ({why})",
    "use a name that the certificate is for in `endpoint_url:`",
)
EXPIRED_CERTIFICATE = Meaning(
    errno.EHOSTUNREACH,
    "certificate",
    "the certificate of {endpoint} is not valid today ({why})",
    "renew it on the service, or set this machine's clock",
)
NO_BUNDLE = Meaning(
    errno.EINVAL,
    "certificate",
    "the file of trusted certificates cannot be read ({why})",
    "check AWS_CA_BUNDLE, or `ca_bundle` of the AWS profile: a file of certificates in PEM form",
)
PLAIN_HTTP = Meaning(
    errno.EHOSTUNREACH,
    "plain-http",
    "{endpoint} does not speak https ({why})",
    "check the port; if the service speaks plain http, write http:// in `endpoint_url:`",
)
CERTIFICATES = (
    ("wrong version number", PLAIN_HTTP),
    ("no such file", NO_BUNDLE),
    ("permission denied", NO_BUNDLE),
    ("is a directory", NO_BUNDLE),
    ("no certificate or crl found", NO_BUNDLE),
    ("x509:", NO_BUNDLE),
    ("pem", NO_BUNDLE),
    ("doesn't match", OTHER_NAME),
    ("mismatch", OTHER_NAME),
    ("expired", EXPIRED_CERTIFICATE),
    ("not yet valid", EXPIRED_CERTIFICATE),
)
"""What is wrong with a secured connection, by words of OpenSSL and urllib3; anything else is a certificate that is not trusted."""
NO_SCHEME = Meaning(
    errno.EINVAL,
    "no-scheme",
    "the endpoint {endpoint} has no http:// or https:// before it",
    f"put https:// (or http://) before it, where it is set: {_ENDPOINTS}",
)
BAD_ENDPOINT = Meaning(
    errno.EINVAL,
    "bad-endpoint",
    "the endpoint {endpoint} is no address of a service",
    f"write it https://host:port, where it is set: {_ENDPOINTS}",
)
NOT_S3 = Meaning(
    errno.EHOSTUNREACH,
    "not-s3",
    "{endpoint} does not answer as S3 does",
    "check the address and port of the endpoint; the web page of a service often has another one than the service, and networks "
    "that want a login answer for everybody",
)
NO_PROFILE = Meaning(
    errno.EACCES,
    "no-profile",
    "there is no such AWS profile ({said})",
    "correct `profile:` of the store, or AWS_PROFILE; `aws configure list-profiles` lists those that there are",
)
BAD_CONFIG = Meaning(
    errno.EINVAL,
    "bad-aws-config",
    "the AWS configuration cannot be used ({said})",
    "correct it: ~/.aws/config and ~/.aws/credentials, or the files that AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE name",
)
NOT_PLAIN = Meaning(
    errno.EINVAL,
    "secret-in-endpoint",
    "the endpoint holds a name, password or query",
    f"take them out of it, where it is set: {_ENDPOINTS}; keys have variables of their own",
)
SENT_ON = Meaning(
    errno.EREMOTE,
    "sent-on",
    "{endpoint} redirects to another address, which is not followed",
    "set `endpoint_url:` of the store to the address where answers come from",
)
BUSY = Meaning(errno.EBUSY, "busy", "the service asks to slow down", "run the command again later, or with fewer --jobs")
FAILED = Meaning(errno.EBUSY, "service-failed", "the service failed ({operation})", "run the command again later")
VERSIONS_UNKNOWN = Meaning(
    errno.EACCES,
    "versions-unknown",
    "whether the bucket {bucket} keeps versions cannot be learned (GetBucketVersioning is denied)",
    "let this user do s3:GetBucketVersioning (`reshelve s3 policy` prints all that is needed), or set `versions: false` of the "
    "store: what goes is then copied to the trash instead of hidden, which costs a copy, and a thaw if it is archived",
)
ARCHIVED = Meaning(errno.EAGAIN, "archived", "is archived and has to be thawed first", ASK_FOR_IT)
ARCHIVE_TIER = Meaning(
    errno.EAGAIN,
    "archived",
    "is in an archive tier of INTELLIGENT_TIERING, which a plan does not thaw; ask for it, and wait some hours: "
    "aws s3api restore-object --restore-request '{{}}' --bucket {bucket} --key ",
    "Ask for it as it says, then make a new plan.",
)
UNSUPPORTED = Meaning(errno.EOPNOTSUPP, "unsupported", "the service cannot do that ({operation})", "")

SPOILT = "corrupted"
"""The kind of what arrived as other content than was sent: sending it again may help."""

MEANINGS: dict[str, Meaning] = {
    **dict.fromkeys(("InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidToken", "InvalidClientTokenId"), WRONG),
    **dict.fromkeys(("ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired", "RequestExpired"), EXPIRED),
    "NoSuchBucket": NO_BUCKET,
    "InvalidBucketName": BAD_NAME,
    **dict.fromkeys(("PermanentRedirect", "AuthorizationHeaderMalformed", "IllegalLocationConstraintException", "301"), REGION),
    **dict.fromkeys(("AccessDenied", "AccessDeniedException", "AllAccessDisabled", "AccountProblem", "403", "Forbidden"), DENIED),
    **dict.fromkeys(("RequestTimeTooSkewed", "RequestInTheFuture"), CLOCK),
    **dict.fromkeys(("InvalidObjectState", "ObjectNotInActiveTierError"), ARCHIVED),
    **dict.fromkeys(("NotImplemented", "MethodNotAllowed", "XNotImplemented", "405", "501"), UNSUPPORTED),
    **dict.fromkeys(
        ("SlowDown", "ServiceUnavailable", "Throttling", "ThrottlingException", "RequestLimitExceeded", "503", "429"), BUSY
    ),
    **dict.fromkeys(("TooManyRequests", "TooManyRequestsException", "BandwidthLimitExceeded", "Busy"), BUSY),
    **dict.fromkeys(("InternalError", "InternalFailure", "InternalServerError", "RequestTimeout", "500", "502", "504"), FAILED),
    "EntityTooLarge": Meaning(errno.EFBIG, "too-large", "is larger than the service takes", ""),
    "QuotaExceeded": Meaning(errno.ENOSPC, "quota", "the quota of the bucket or user is used up", ""),
    "BadDigest": Meaning(errno.EIO, SPOILT, "what arrived is not what was sent", "run the command again; check the network"),
    "InvalidStorageClass": Meaning(errno.EINVAL, "no-class", "the service has no such storage class", "give another `class:`"),
}
"""The meanings by the service's own names of its errors, and by HTTP status."""
