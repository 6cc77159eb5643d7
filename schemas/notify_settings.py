"""Notices: who is told how runs ended, where, and of which runs."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from reshelve.schemas.endpoints import plain_url
from reshelve.schemas.store_settings import Model

Variable = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]
Occasion = Literal["failure", "success"]
NoticeKind = Literal["slack", "webhook"]


class Notify(Model):
    """One receiver of notices. Secrets come from the environment: the document names only the variables."""

    kind: Annotated[
        NoticeKind,
        Field(description="`slack`: a Slack incoming webhook; `webhook`: a POST with JSON.", examples=["slack"]),
    ]
    url: Annotated[
        Annotated[str, AfterValidator(plain_url)] | None,
        Field(description="The address, if it is not a secret.", examples=["https://hooks.example.org/reshelve"]),
    ] = None
    url_env: Annotated[
        Variable | None, Field(description="The variable that holds the address, if it is a secret.", examples=["SLACK_WEBHOOK"])
    ] = None
    token_env: Annotated[
        Variable | None, Field(description="The variable that holds a token, sent as a bearer token.", examples=["HOOK_TOKEN"])
    ] = None
    on: Annotated[
        list[Occasion],
        Field(
            description="Which runs to notify of: those that failed, those that succeeded, or both.",
            examples=[["failure", "success"]],
        ),
    ] = ["failure"]

    @model_validator(mode="after")
    def _one_address(self) -> "Notify":
        if (self.url is None) == (self.url_env is None):
            raise ValueError("a receiver of notices has either `url` or `url_env`")
        return self
