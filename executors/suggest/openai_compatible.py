"""OpenAI's protocol, spoken by OpenAI itself, Gemini's compatible endpoint, Ollama, llama.cpp, vLLM and many more."""

import json
import time
from collections.abc import Collection, Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

from reshelve.executors.suggest.context_refusals import LONGER_CONTEXT, too_long
from reshelve.executors.suggest.endpoint_errors import (
    code_of,
    is_page,
    length_refused,
    message_of,
    refused_part,
    says_no_access,
    says_no_memory,
    says_retired,
    says_unpaid,
    wait_of,
)
from reshelve.executors.suggest.protocol_replies import BrokenOffError, error_within, reply_in, streamed
from reshelve.executors.suggest.provider_contract import Found, Trouble
from reshelve.schemas.extras import install
from reshelve.schemas.quantities import age
from reshelve.schemas.suggest_settings import Suggest, replacement, whom
from reshelve.schemas.suggestion_protocol import Prompt, Reply

_MOST = 2 * 1024 * 1024
"""The most bytes of a reply that are read."""
_NO_KEY = "none"
"""What is sent as the key to an endpoint of one's own, which needs none."""
_CALL = "/chat/completions"
"""What the client itself adds to an address."""
_CHECK_ADDRESS = "Check `base_url:` of `suggest:`."
_NEEDED = frozenset(
    ["accept", "accept-encoding", "connection", "content-length", "content-type", "host", "transfer-encoding", "user-agent"]
)
"""The headers that an endpoint named by the workspace gets, beside the key: not those that the environment has for OpenAI."""


class OpenAICompatible:
    """Asks a model over OpenAI's chat completions. Raises Trouble when there is no key, or no `openai` to load.

    The key comes from `environ` alone: `key_env`, else GEMINI_API_KEY or OPENAI_API_KEY. No message ever holds it. It goes to the
    endpoint itself and nowhere else: what redirects to another address is not followed.
    """

    def __init__(self, config: Suggest, model: str, environ: Mapping[str, str]) -> None:
        try:
            import openai
        except ImportError as missing:
            raise Trouble("The package `openai` is not installed.", install("suggest")) from missing
        self._openai = openai
        self._model = model
        self._config = config
        self._seconds = age(config.timeout)
        try:
            to = whom(config, environ)
        except ValueError as wrong:
            raise Trouble(f"OPENAI_BASE_URL cannot be used: {wrong}.") from None
        self._key = _key(config, to.variable, environ)
        self._official = to.endpoint is not None and to.endpoint.host.endswith(".openai.com")
        hooks = {"request": [self._bare]} if config.base_url is not None and not self._official else {}
        client = openai.DefaultHttpxClient(follow_redirects=False, event_hooks=hooks, timeout=self._seconds)
        self._client = openai.OpenAI(api_key=self._key, base_url=to.url, max_retries=0, timeout=self._seconds, http_client=client)
        self._without: set[str] = set()
        """What this endpoint has refused to be sent."""
        self._streams = False
        self._tried_without = False

    def ask(self, prompt: Prompt) -> Reply:
        """Send one request, once; again at once without what the endpoint does not take. Raises Trouble."""
        while True:
            asked = self._asked(prompt)
            try:
                return self._sent(asked)
            except self._openai.APIStatusError as error:
                if long := length_refused(error):
                    raise Trouble(self._answered(error), LONGER_CONTEXT, too_long=long) from None
                if _wants_stream(error, asked):
                    self._streams = True
                    continue
                refused = refused_part(error, asked)
                if refused is not None:
                    self._without.add(refused)
                    continue
                reply = self._without_schema(error, asked, prompt)
                if reply is None:
                    raise self._trouble(error) from None
                return reply
            except self._openai.APITimeoutError:
                detail = f"No answer within {self._config.timeout}."
                raise Trouble(detail, "Raise `timeout:` of `suggest:`, or lower `batch:`.", again=True, sent=True) from None
            except self._openai.APIConnectionError as error:
                raise Trouble(f"{self._where} cannot be reached: {self._safe(error.__cause__ or error)}.", again=True) from None
            except self._openai.OpenAIError as error:
                raise Trouble(f"The answer could not be read: {self._safe(error)}.", again=True, sent=True) from None

    def _without_schema(self, error: Any, asked: Mapping[str, Any], prompt: Prompt) -> Reply | None:
        """Ask once without a schema, when a server fails at a request with one and does not say why; None: that is not it."""
        form = asked.get("response_format", {}).get("type")
        if self._tried_without or error.status_code != 500 or form != "json_schema" or not is_page(error):
            return None
        self._tried_without = True
        try:
            reply = self._sent(self._asked(prompt, {*self._without, "json_schema"}))
        except (self._openai.OpenAIError, Trouble):
            return None
        self._without.add("json_schema")
        return reply

    def models(self) -> Found | None:
        """Return the models the endpoint lists, None where it lists none. Raises Trouble."""
        try:
            return tuple(sorted(str(model.id).removeprefix("models/") for model in self._client.models.list()))
        except self._openai.APIStatusError as error:
            if error.status_code in (404, 405, 501):
                return None
            raise self._trouble(error) from None
        except self._openai.APIConnectionError as error:
            raise Trouble(f"{self._where} cannot be reached: {self._safe(error.__cause__ or error)}.") from None
        except (self._openai.OpenAIError, TypeError, ValueError, AttributeError):
            return None

    def close(self) -> None:
        """Let go of connections."""
        self._client.close()

    def _bare(self, request: Any) -> None:
        """Take from a request the headers that the client adds of its own accord: the environment's organization, and more."""
        for name in [name.lower() for name in request.headers]:
            # The client tells by its own headers how it was asked to read the answer.
            if name not in _NEEDED and not name.startswith("x-stainless-"):
                del request.headers[name]
        request.headers["authorization"] = f"Bearer {self._key}"

    @property
    def _where(self) -> str:
        return str(self._client.base_url.host)

    def _asked(self, prompt: Prompt, without: Collection[str] | None = None) -> dict[str, Any]:
        """Return the parameters of a request, but for what the endpoint has refused, or `without` these."""
        without = self._without if without is None else without
        most = "max_completion_tokens" if self._official else "max_tokens"
        if most in without:
            most = "max_tokens" if self._official else "max_completion_tokens"
        schema = {"name": "suggestions", "strict": True, "schema": prompt.schema}
        form: dict[str, Any] = {"type": "json_schema", "json_schema": schema}
        if "json_schema" in without:
            form = {"type": "json_object"}
        messages = [{"role": "system", "content": prompt.system}, {"role": "user", "content": prompt.user}]
        if "system" in without:
            messages = [{"role": "user", "content": f"{prompt.system}\n\n{prompt.user}"}]
        asked: dict[str, Any] = {
            "model": self._model,
            "messages": messages,
            "response_format": form,
            "temperature": self._config.temperature,
            most: prompt.max_tokens or self._config.max_tokens,
            **({"stream": True, "stream_options": {"include_usage": True}} if self._streams else {}),
        }
        return {name: value for name, value in asked.items() if name not in without}

    def _sent(self, asked: dict[str, Any]) -> Reply:
        until = time.monotonic() + self._seconds
        # Read piece by piece: a reply that never ends, or drips, is let go of.
        with self._client.chat.completions.with_streaming_response.create(**asked) as response:
            body = _bounded(response.iter_bytes(), until)
        return self._reply(body)

    def _reply(self, body: bytes) -> Reply:
        """Return what a body of the protocol says. Raises Trouble of an error that comes as an answer, and of anything else."""
        try:
            value = streamed(body) or json.loads(body)
        except BrokenOffError:
            raise Trouble("The reply broke off.", again=True, sent=True) from None
        except (ValueError, RecursionError):
            detail = "The endpoint answered something that is not its protocol."
            raise Trouble(detail, self._v1() or _CHECK_ADDRESS) from None
        message, passing = error_within(value)
        if message:
            detail = f"{self._where} answered an error: {self._safe(message)}."
            if long := too_long(message):
                raise Trouble(detail, LONGER_CONTEXT, too_long=long)
            raise Trouble(detail, "reshelve doctor --suggest", again=passing)
        return reply_in(value)

    def _v1(self) -> str:
        """Return the advice for an address that lacks the `/v1` of nearly all of these servers, or has too much; "" for another."""
        base = str(self._client.base_url).rstrip("/")
        if self._config.base_url is None:
            return ""
        if base.endswith(_CALL):
            return f"Give the address without {_CALL}: base_url: {base.removesuffix(_CALL)}"
        path = urlsplit(base).path.strip("/")
        return "" if path else f"Most servers of this protocol answer below /v1: base_url: {base}/v1"

    def _elsewhere(self, error: Any) -> bool:
        """Say whether it is the address that is not found, below a path of the workspace's own, rather than the model."""
        told = message_of(error).lower()
        return self._config.base_url is not None and "model" not in told and self._model.lower() not in told

    def _answered(self, error: Any) -> str:
        return f"{self._where} answered {error.status_code}: {self._safe(message_of(error))}."

    def _trouble(self, error: Any) -> Trouble:
        status = error.status_code
        if 300 <= status < 400:
            detail = f"{self._where} redirects to another address ({status}), which is not followed."
            return Trouble(detail, "Check `base_url:` of `suggest:`: it should be the address where answers come from.")
        detail = self._answered(error)
        if says_unpaid(error):
            return Trouble(detail, "The account has nothing left to spend.")
        if says_no_memory(error):
            return Trouble(detail, "Name a smaller model in `model:` of `suggest:`, or give its server more memory.")
        if says_no_access(error) and self._key == _NO_KEY:
            return Trouble(detail, "It was sent no key: name the variable that holds one with `key_env:` of `suggest:`.")
        if says_no_access(error):
            return Trouble(detail, "Check the key in the environment, and that it may use this model.")
        if status == 404 and (self._v1() or is_page(error) or self._elsewhere(error)):
            return Trouble(detail, self._v1() or _CHECK_ADDRESS)
        if status == 404 and (stands := replacement(self._model)):
            return Trouble(detail, f"The model {self._model} is retired; {stands} replaces it: model: {stands}")
        if says_retired(error):
            return Trouble(detail, "Name another model, in `model:` of `suggest:`. Those there are: reshelve doctor --suggest")
        if status == 404:
            return Trouble(detail, f"Is there a model {self._model!r}? reshelve doctor --suggest")
        again = status in (408, 409, 425, 429) or status >= 500
        return Trouble(detail, "" if again else "reshelve doctor --suggest", again=again, after=wait_of(error.response.headers))

    def _safe(self, error: object) -> str:
        text = str(error)
        text = text.replace(self._key, "…") if self._key != _NO_KEY else text
        return text.rstrip(". ")[:300]


def _key(config: Suggest, name: str | None, environ: Mapping[str, str]) -> str:
    key = environ.get(name, "").strip() if name is not None else ""
    if key:
        return key
    own = config.base_url or (environ.get("OPENAI_BASE_URL") if config.provider == "openai" else None)
    if name is not None and (own is None or config.key_env is not None or config.provider == "gemini"):
        raise Trouble(f"{name} is not set, so {config.provider} cannot be asked.", f"export {name}=…")
    return _NO_KEY


def _wants_stream(error: Any, asked: Mapping[str, Any]) -> bool:
    """Say whether the endpoint answers only piece by piece, which this request did not ask for."""
    told = f"{code_of(error)} {message_of(error)}".lower()
    return "stream" not in asked and "stream" in told and error.status_code in (400, 422, 500)


def _bounded(pieces: Iterable[bytes], until: float) -> bytes:
    held = bytearray()
    try:
        for piece in pieces:
            held += piece
            if len(held) > _MOST:
                raise Trouble("The reply has no end.", sent=True)
            if time.monotonic() > until:
                raise Trouble("The reply did not end in time.", "Raise `timeout:` of `suggest:`.", again=True, sent=True)
    except Trouble:
        raise
    except Exception as error:  # noqa: BLE001 - of the HTTP library below the client, whichever it is
        raise Trouble(f"The reply broke off: {type(error).__name__}.", again=True, sent=True) from None
    return bytes(held)
