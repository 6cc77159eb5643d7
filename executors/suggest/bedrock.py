"""AWS Bedrock's Converse: Claude, Llama and whatever else answers there, with credentials from AWS's own chain."""

import json
from collections.abc import Mapping
from typing import Any

from reshelve.executors.contracts.retry_after import asked_wait
from reshelve.executors.suggest.context_refusals import LONGER_CONTEXT, too_long
from reshelve.executors.suggest.provider_contract import Found, Trouble
from reshelve.schemas.extras import install
from reshelve.schemas.quantities import age
from reshelve.schemas.suggest_settings import Suggest
from reshelve.schemas.suggestion_protocol import Prompt, Reply

_TOOL = "suggest"
_AGAIN = frozenset(
    [
        *("ThrottlingException", "TooManyRequestsException", "ServiceUnavailableException", "InternalServerException"),
        *("ModelTimeoutException", "ModelNotReadyException", "ModelErrorException", "RequestTimeout"),
    ]
)
_HINTS = {
    "AccessDeniedException": "Ask for access to the model in Bedrock's console, in this region, and for bedrock:InvokeModel.",
    "ResourceNotFoundException": "Check `model:` and `region:` of `suggest:`.",
    "UnrecognizedClientException": "Check the credentials: aws sts get-caller-identity",
    "ExpiredTokenException": "Sign in again: aws sso login",
}


class Bedrock:
    """Asks a model over Converse. The answer is asked for as the input of a tool, which is how Converse takes a schema.

    Raises Trouble when boto3 is not there, or the profile is not. No message holds a credential.
    """

    def __init__(self, config: Suggest, model: str, environ: Mapping[str, str]) -> None:
        del environ  # boto3 has its own chain: environment, profiles, roles
        try:
            import boto3
            import botocore.config
            import botocore.exceptions
        except ImportError as missing:
            raise Trouble("The package `boto3` is not installed.", install("suggest")) from missing
        self._exceptions = botocore.exceptions
        self._model = model
        self._config = config
        seconds = age(config.timeout)
        patient = botocore.config.Config(
            retries={"total_max_attempts": 1}, read_timeout=seconds, connect_timeout=min(seconds, 20), max_pool_connections=16
        )
        try:
            session = boto3.Session(profile_name=config.profile, region_name=config.region)
            self._client = session.client("bedrock-runtime", endpoint_url=config.base_url, config=patient)
        except botocore.exceptions.NoRegionError as trouble:
            raise Trouble("No AWS region is known.", "Add `region:` to `suggest:`, or export AWS_REGION.") from trouble
        except botocore.exceptions.BotoCoreError as trouble:
            raise Trouble(f"AWS cannot be asked: {trouble}.", "Check `profile:` and `region:` of `suggest:`.") from trouble
        self._without: set[str] = set()

    def ask(self, prompt: Prompt) -> Reply:
        """Send one request, once; again at once without what the model does not take. Raises Trouble."""
        while True:
            asked = self._asked(prompt)
            try:
                return _reply(self._client.converse(**asked))
            except self._exceptions.ClientError as error:
                refused = _refused(error.response, asked)
                if refused is None:
                    raise _trouble(error.response) from None
                self._without.add(refused)
            except (self._exceptions.NoCredentialsError, self._exceptions.PartialCredentialsError) as error:
                hint = "Set AWS_PROFILE or `profile:`, or export AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."
                raise Trouble(f"There are no AWS credentials: {error}.", hint) from None
            except (self._exceptions.ReadTimeoutError, self._exceptions.ConnectTimeoutError):
                raise Trouble(f"No answer within {self._config.timeout}.", again=True, sent=True) from None
            except (self._exceptions.ConnectionError, self._exceptions.HTTPClientError) as error:
                raise Trouble(f"Bedrock cannot be reached: {error}.", again=True) from None
            except self._exceptions.BotoCoreError as error:
                raise Trouble(f"Bedrock could not be asked: {error}.") from None
            except (ValueError, AttributeError, TypeError, LookupError) as error:
                # What is not the protocol trips boto3's parser in any of these ways.
                raise Trouble(f"The answer could not be read: {error}.", again=True) from None

    def models(self) -> Found | None:
        """Return None: which models an account may use is known by asking one."""
        return None

    def close(self) -> None:
        """Let go of connections."""
        self._client.close()

    def _asked(self, prompt: Prompt) -> dict[str, Any]:
        bounds: dict[str, Any] = {"maxTokens": prompt.max_tokens or self._config.max_tokens}
        if "temperature" not in self._without:
            bounds["temperature"] = self._config.temperature
        asked: dict[str, Any] = {
            "modelId": self._model,
            "system": [{"text": prompt.system}],
            "messages": [{"role": "user", "content": [{"text": prompt.user}]}],
            "inferenceConfig": bounds,
        }
        if "tools" not in self._without:
            about = "Give what you suggest for each file."
            tool = {"toolSpec": {"name": _TOOL, "description": about, "inputSchema": {"json": prompt.schema}}}
            asked["toolConfig"] = {"tools": [tool]}
            if "toolChoice" not in self._without:
                asked["toolConfig"]["toolChoice"] = {"tool": {"name": _TOOL}}
        return asked


def _reply(answered: Mapping[str, Any]) -> Reply:
    """Return what a response says: the input of the tool, else its text. Of any other shape it says nothing."""
    output = answered.get("output")
    message = output.get("message") if isinstance(output, dict) else None
    content = message.get("content") if isinstance(message, dict) else None
    blocks = [block for block in content if isinstance(block, dict)] if isinstance(content, list) else []
    used = [block["toolUse"].get("input") for block in blocks if isinstance(block.get("toolUse"), dict)]
    spoken = [block["text"] for block in blocks if isinstance(block.get("text"), str)]
    text = json.dumps(used[0]) if len(used) == 1 else "".join(spoken)
    usage = answered.get("usage")
    counted = usage if isinstance(usage, dict) else {}
    cut = answered.get("stopReason") in ("max_tokens", "model_context_window_exceeded")
    return Reply(text, cut, _whole(counted.get("inputTokens")), _whole(counted.get("outputTokens")))


def _whole(value: object) -> int:
    return value if type(value) is int and 0 <= value < 10**9 else 0


def _refused(response: Mapping[str, Any], asked: Mapping[str, Any]) -> str | None:
    """Return what of a request a model says it does not take, when it can be done without."""
    error = response.get("Error", {})
    if error.get("Code") != "ValidationException":
        return None
    told = str(error.get("Message", "")).lower().replace("_", "").replace(" ", "")
    tools = asked.get("toolConfig", {})
    if "toolchoice" in told and "toolChoice" in tools:
        return "toolChoice"
    if "tool" in told and tools:
        return "tools"
    return "temperature" if "temperature" in told and "temperature" in asked["inferenceConfig"] else None


def _trouble(response: Mapping[str, Any]) -> Trouble:
    error = response.get("Error", {})
    code = str(error.get("Code", ""))
    about = response.get("ResponseMetadata", {})
    status = about.get("HTTPStatusCode", 0)
    again = code in _AGAIN or status in (429, 503) or status >= 500
    detail = f"Bedrock answered {code or status}: {str(error.get('Message', ''))[:300].rstrip('. ')}."
    if code == "ValidationException" and (long := too_long(str(error.get("Message", "")))):
        return Trouble(detail, LONGER_CONTEXT, too_long=long)
    return Trouble(detail, _HINTS.get(code, ""), again=again, after=asked_wait(about.get("HTTPHeaders", {}).get("retry-after")))
