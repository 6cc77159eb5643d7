"""The clients of one bucket: boto3's for everything, obstore's for what there is much of. Credentials: the AWS chain."""

import errno
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from functools import cached_property
from hashlib import md5
from io import BytesIO
from threading import Lock
from typing import TYPE_CHECKING, Any

from reshelve.executors.stores.s3.bucket_settings import BucketSettings
from reshelve.executors.stores.s3.request_retries import Patience
from reshelve.executors.stores.transfer_memory import give_back_large

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client
    from obstore.store import S3Store as FastStore

_CONNECTIONS = 64
_MAKING = frozenset(("PutObject", "CreateMultipartUpload", "CopyObject"))
_SENDING = frozenset(("PutObject", "UploadPart"))


def moment(said: Any) -> datetime:
    """Return the moment that an answer tells. A listing tells a thousand, and boto3's own way tries every form of a date on each.

    Raises ValueError of what is none.
    """
    if isinstance(said, str) and said[10:11] == "T" and said[-1] == "Z":
        with suppress(ValueError):
            return datetime.fromisoformat(said)
    from botocore.utils import parse_timestamp

    found: datetime = parse_timestamp(said)
    return found


def _sent_on_no_more(params: dict[str, Any], **_: object) -> None:
    """Have boto3 take a redirect of this request for its answer: it asks so where a bucket is, and would be sent on without end."""
    params.get("context", {}).setdefault("s3_redirect", {})["redirected"] = True


def _said_of_all(settings: BucketSettings) -> Callable[..., None]:
    """Return what fills in, where a request can say it, who pays, how to encrypt what it makes, and the MD5 of what it sends."""

    def fill(params: dict[str, Any], model: Any, **_: object) -> None:
        known = model.input_shape.members if model.input_shape is not None else {}
        if settings.requester_pays and "RequestPayer" in known:
            params["RequestPayer"] = "requester"
        body = params.get("Body")
        if settings.own_service and model.name in _SENDING and isinstance(body, BytesIO) and "ContentMD5" not in params:
            # Buckets with an object lock take nothing without a sum; AWS is sent one by boto3, and other services none.
            params["ContentMD5"] = b64encode(md5(body.getbuffer(), usedforsecurity=False).digest()).decode()
        if settings.encryption and model.name in _MAKING and "ServerSideEncryption" not in params:
            params["ServerSideEncryption"] = settings.encryption
            if settings.kms_key:
                params["SSEKMSKeyId"] = settings.kms_key

    return fill


@contextmanager
def panics_told() -> Iterator[None]:
    """Let a panic of the fast client, which is written in Rust, come out as an OSError: it is no Exception, and would end a run."""
    try:
        yield
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise OSError(errno.EIO, f"the fast client panicked: {error}") from None


class _Every(list[str]):
    """The names of services, whichever is asked about."""

    def __contains__(self, name: object) -> bool:
        return True


class Connection:
    """The clients for one bucket, made when first used, shared by threads. What making them raises is boto3's."""

    def __init__(self, settings: BucketSettings) -> None:
        self.settings = settings
        self._making = Lock()
        self.patience = Patience(settings.patience)

    @cached_property
    def _session(self) -> Any:
        # botocore's own session: boto3's would load what it adds to clients, and nothing of that is used here.
        from botocore.session import Session

        session = Session(profile=self.settings.profile)
        if self.settings.region is not None:
            session.set_config_variable("region", self.settings.region)
        session.get_component("response_parser_factory").set_parser_defaults(timestamp_parser=moment)
        # Listing all services takes a third of the making of a client. One that is none is told when its model is looked for.
        session.get_component("data_loader").list_available_services = lambda type_name: _Every()  # noqa: ARG005 # its parameter's name
        return session

    @cached_property
    def client(self) -> "S3Client":
        """The client for everything."""
        from botocore.config import Config

        give_back_large()
        wanted = self.settings.checksums
        if wanted == "auto":
            # Newer checksums are trailers, which services other than AWS's may not take; ours go as Content-MD5 in any case.
            wanted = "when_required" if self.settings.own_service else "when_supported"
        config = Config(
            # Also of addresses for others, which boto3 signs in an older way else: newer buckets, and keys of KMS, take this alone.
            signature_version="s3v4",
            connect_timeout=10,
            read_timeout=60,
            retries={"mode": "standard", "total_max_attempts": 1},
            max_pool_connections=_CONNECTIONS,
            request_checksum_calculation=wanted,
            response_checksum_validation=wanted,
            user_agent_extra="reshelve",
            # The body is told by a Content-MD5 that is itself signed; hashing it once more would double the work.
            s3={"addressing_style": "path" if self.settings.by_path else "virtual", "payload_signing_enabled": False},
        )
        with self._making:
            region = self._session.get_config_variable("region") or "us-east-1"
            asked = {"region_name": region, "endpoint_url": self.settings.endpoint_url, "config": config}
            made: S3Client = self._session.create_client("s3", **asked)
        made.meta.events.register("before-call.s3.HeadBucket", _sent_on_no_more)
        made.meta.events.register("before-parameter-build.s3", _said_of_all(self.settings))
        # boto3's own way counts tries, and gives up after some seconds; ours has a clock.
        made.meta.events.unregister("needs-retry.s3", unique_id="retry-config-s3")
        made.meta.events.register_last("needs-retry.s3", self.patience.needs_retry)  # type: ignore[arg-type] # answers count here
        return made

    @cached_property
    def fast(self) -> "FastStore | None":
        """The client for many small objects, or None where it cannot be had. It never tries again: the other one does."""
        if not self.settings.fast or self.settings.encryption or self.settings.requester_pays:
            return None
        try:
            from obstore.auth.boto3 import Boto3CredentialProvider
            from obstore.store import S3Store as FastStore
        except ImportError:
            return None
        url = self.client.meta.endpoint_url
        scheme, _, host = url.partition("://")
        endpoint = url if self.settings.by_path else f"{scheme}://{self.settings.bucket}.{host}"
        if self._session.get_credentials() is None:
            return None
        options: dict[str, Any] = {
            "allow_http": scheme == "http",
            "timeout": "60s",
            "connect_timeout": "10s",
            "pool_max_idle_per_host": str(_CONNECTIONS),
            "user_agent": "reshelve",
        }
        bundle = self._session.get_config_variable("ca_bundle")
        if bundle:
            try:
                with open(bundle, "rb") as file:
                    options["root_certificate"] = file.read()
            except OSError:
                return None
        return FastStore(
            self.settings.bucket,
            endpoint=endpoint,
            region=self.client.meta.region_name,
            virtual_hosted_style_request=not self.settings.by_path,
            credential_provider=Boto3CredentialProvider(self._session),
            client_options=options,  # type: ignore[arg-type]
            retry_config={"max_retries": 0},
        )
