"""Whom a client really speaks to: the endpoint that the environment or the AWS profile names, where the workspace names none."""

from dataclasses import replace

from reshelve.executors.stores.s3.bucket_settings import BucketSettings
from reshelve.executors.stores.s3.service_errors import bad_endpoint, no_scheme, not_plain, telling
from reshelve.schemas.endpoints import endpoint


def spoken_to(settings: BucketSettings) -> BucketSettings:
    """Return settings that name their endpoint wherever it is not AWS's own, so that it is dealt with as the service it is.

    Raises OSError of a profile that is not there, and of an endpoint that is no URL.
    """
    if settings.endpoint_url is not None:
        return settings
    from botocore.configprovider import ConfiguredEndpointProvider
    from botocore.session import Session

    with telling(settings, settings.address):
        session = Session(profile=settings.profile)
        if session.get_config_variable("ignore_configured_endpoint_urls"):
            return settings
        url = ConfiguredEndpointProvider(
            full_config=session.full_config, scoped_config=session.get_scoped_config(), client_name="s3"
        ).provide()
    if not url:
        return settings
    scheme, between, rest = str(url).partition("://")
    found = replace(settings, endpoint_url=f"{scheme.lower()}{between}{rest}".rstrip("/"))
    if "@" in str(url) or "?" in str(url):
        # The endpoint is part of the id that a bucket is known by, in plans and runs: nothing secret may be in it.
        raise not_plain(settings)
    if scheme.lower() not in ("http", "https") or not between:
        raise no_scheme(found, ValueError(url))
    try:
        endpoint(str(found.endpoint_url))
    except ValueError as error:
        raise bad_endpoint(found, error) from None
    return found
