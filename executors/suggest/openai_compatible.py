"""OpenAI's protocol, spoken by OpenAI itself, Gemini's compatible endpoint, Ollama, llama.cpp, vLLM and many more."""

import json
import time
from collections.abc import Iterable, Mapping
from typing import Any, Literal
from urllib.parse import urlsplit

from reshelve.executors.suggest.context_refusals import LONGER_CONTEXT, too_long
from reshelve.executors.suggest.provider_contract import Found, Trouble
from reshelve.schemas.quantities import age
from reshelve.schemas.suggest_settings import RETIRED, Suggest, whom
from reshelve.schemas.suggestion_protocol import Prompt, Reply

_MOST = 2 * 1024 * 1024
"""The most bytes of a reply that are read."""
_NO_KEY = "none"
"""What is sent as the key to an endpoint of one's own, which needs none."""
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
            raise Trouble("The package `openai` is not installed.", "pip install 'reshelve[suggest]'") from missing
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

    def ask(self, prompt: Prompt) -> Reply:
        """Send one request, once; again at once without what the endpoint does not take. Raises Trouble."""
        while True:
            asked = self._asked(prompt)
            try:
                return self._sent(asked)
            except self._openai.APIStatusError as error:
                if long := _too_long(error):
                    raise Trouble(self._answered(error), LONGER_CONTEXT, too_long=long) from None
                if self._wants_stream(error):
                    self._streams = True
                    continue
                refused = _refused(error, asked)
                if refused is None:
                    raise self._trouble(error) from None
                self._without.add(refused)
            except self._openai.APITimeoutError:
                detail = f"No answer within {self._config.timeout}."
                raise Trouble(detail, "Raise `timeout:` of `suggest:`, or lower `batch:`.", again=True, sent=True) from None
            except self._openai.APIConnectionError as error:
                raise Trouble(f"{self._where} cannot be reached: {self._safe(error.__cause__ or error)}.", again=True) from None
            except self._openai.OpenAIError as error:
                raise Trouble(f"The answer could not be read: {self._safe(error)}.", again=True, sent=True) from None

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

    def _asked(self, prompt: Prompt) -> dict[str, Any]:
        """Return the parameters of a request, but for what the endpoint has refused."""
        most = "max_completion_tokens" if self._official else "max_tokens"
        if most in self._without:
            most = "max_tokens" if self._official else "max_completion_tokens"
        schema = {"name": "suggestions", "strict": True, "schema": prompt.schema}
        form: dict[str, Any] = {"type": "json_schema", "json_schema": schema}
        if "json_schema" in self._without:
            form = {"type": "json_object"}
        asked: dict[str, Any] = {
            "model": self._model,
            "messages": [{"role": "system", "content": prompt.system}, {"role": "user", "content": prompt.user}],
            "response_format": form,
            "temperature": self._config.temperature,
            most: prompt.max_tokens or self._config.max_tokens,
            **({"stream": True, "stream_options": {"include_usage": True}} if self._streams else {}),
        }
        return {name: value for name, value in asked.items() if name not in self._without}

    def _sent(self, asked: dict[str, Any]) -> Reply:
        until = time.monotonic() + self._seconds
        # Read piece by piece: a reply that never ends, or drips, is let go of.
        with self._client.chat.completions.with_streaming_response.create(**asked) as response:
            body = _bounded(response.iter_bytes(), until)
        return self._reply(body)

    def _reply(self, body: bytes) -> Reply:
        """Return what a body of the protocol says. Raises Trouble of an error that comes as an answer, and of anything else."""
        try:
            value = _streamed(body) or json.loads(body)
        except (ValueError, RecursionError):
            detail = "The endpoint answered something that is not its protocol."
            raise Trouble(detail, self._v1() or "Check `base_url:` of `suggest:`.") from None
        found = value[0] if isinstance(value, list) and value else value
        if isinstance(found, dict) and found.get("error") and not found.get("choices"):
            message, passing = _error_within(found["error"])
            detail = f"{self._where} answered an error: {self._safe(message)}."
            if long := too_long(message):
                raise Trouble(detail, LONGER_CONTEXT, too_long=long)
            raise Trouble(detail, "reshelve doctor --suggest", again=passing)
        return _reply(value)

    def _v1(self) -> str:
        """Return the advice for an address without the `/v1` that nearly all of these servers have; "" for one that has it."""
        base = str(self._client.base_url).rstrip("/")
        own = self._config.base_url is not None and not urlsplit(base).path.strip("/")
        return f"Most servers of this protocol answer below /v1: base_url: {base}/v1" if own else ""

    def _wants_stream(self, error: Any) -> bool:
        """Say whether the endpoint answers only piece by piece, and was not asked to yet."""
        told = f"{_code(error)} {_message(error)}".lower()
        return not self._streams and "stream" in told and error.status_code in (400, 422, 500)

    def _answered(self, error: Any) -> str:
        return f"{self._where} answered {error.status_code}: {self._safe(_message(error))}."

    def _trouble(self, error: Any) -> Trouble:
        status = error.status_code
        if 300 <= status < 400:
            detail = f"{self._where} redirects to another address ({status}), which is not followed."
            return Trouble(detail, "Check `base_url:` of `suggest:`: it should be the address where answers come from.")
        detail = self._answered(error)
        if status in (401, 403) and self._key == _NO_KEY:
            return Trouble(detail, "It was sent no key: name the variable that holds one with `key_env:` of `suggest:`.")
        if status in (401, 403):
            return Trouble(detail, "Check the key in the environment, and that it may use this model.")
        if status == 404 and self._v1():
            return Trouble(detail, self._v1())
        if status == 404 and self._model.removeprefix("models/") in RETIRED:
            stands = RETIRED[self._model.removeprefix("models/")]
            return Trouble(detail, f"The model {self._model} is retired; {stands} stands for it: model: {stands}")
        if status == 404:
            return Trouble(detail, f"Is there a model {self._model!r}? reshelve doctor --suggest")
        if status == 429 and _code(error) == "insufficient_quota":
            return Trouble(detail, "The account has nothing left to spend.")
        again = status in (408, 409, 425, 429) or status >= 500
        return Trouble(detail, "" if again else "reshelve doctor --suggest", again=again, after=_after(error.response.headers))

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


def _refused(error: Any, asked: Mapping[str, Any]) -> str | None:
    """Return what of a request an endpoint says it does not take, when it can be done without."""
    if error.status_code not in (400, 404, 415, 422, 500, 501):
        return None
    told = f"{getattr(error, 'param', None) or ''} {_message(error)}"
    form = asked.get("response_format", {}).get("type")
    if form is not None and any(word in told for word in ("response_format", "json_schema", "json_object", "schema", "grammar")):
        return "json_schema" if form == "json_schema" else "response_format"
    return next((name for name in ("temperature", "max_completion_tokens", "max_tokens") if name in asked and name in told), None)


def _too_long(error: Any) -> Literal["", "context", "answer"]:
    """Say whether an endpoint refuses a request as more than the model's context holds."""
    return too_long(f"{_code(error)} {_message(error)}") if error.status_code in (400, 413, 422, 500) else ""


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


def _streamed(body: bytes) -> Any:
    """Return what a server that only streams has said piece by piece, put together; None where it did not. Raises ValueError."""
    lines = [line.strip() for line in body.splitlines()]
    if not any(line.startswith(b"data:") for line in lines) or body.lstrip()[:1] in (b"{", b"["):
        return None
    text, finish, usage = "", None, None
    for line in lines:
        told = line.removeprefix(b"data:").strip()
        if not line.startswith(b"data:") or told == b"[DONE]":
            continue
        piece = json.loads(told)
        if not isinstance(piece, dict):
            raise ValueError("no piece of an answer")
        if piece.get("error"):
            return piece
        usage = piece.get("usage") or usage
        for choice in piece.get("choices") or ():
            said = choice.get("delta") or {}
            text += said.get("content") or ""
            finish = choice.get("finish_reason") or finish
    return {"choices": [{"message": {"content": text}, "finish_reason": finish}], "usage": usage}


def _error_within(error: Any) -> tuple[str, bool]:
    """Return what an error says that came as an answer, and whether it may pass."""
    if not isinstance(error, dict):
        return str(error), False
    told = " ".join(str(error.get(name) or "") for name in ("code", "type", "status", "message")).lower()
    passing = any(word in told for word in ("rate", "overload", "loading", "unavailable", "timeout", "429", "500", "502", "503"))
    return str(error.get("message") or error), passing


def _reply(value: Any) -> Reply:
    """Return what an answer of the protocol says; text of any other shape is no text at all."""
    choices = value.get("choices") if isinstance(value, dict) else None
    choice = choices[0] if isinstance(choices, list) and choices and isinstance(choices[0], dict) else {}
    message = choice.get("message")
    content = message.get("content") if isinstance(message, dict) else None
    usage = value.get("usage") if isinstance(value, dict) else None
    counted = usage if isinstance(usage, dict) else {}
    text = _text(content)
    into, out, both = (_whole(counted.get(name)) for name in ("prompt_tokens", "completion_tokens", "total_tokens"))
    # What a model thought may stand in the total alone, and is paid for all the same.
    tokens = into, max(out, both - into)
    finish = choice.get("finish_reason")
    refusal = message.get("refusal") if isinstance(message, dict) else None
    refusal = refusal if isinstance(refusal, str) else ""
    if finish == "content_filter" and not refusal:
        refusal = "its provider's filter held the answer back"
    return Reply(text, finish == "length", *tokens, refusal=refusal)


def _text(content: Any) -> str:
    """Return the text of a message: a text, or the parts of it that are text."""
    if isinstance(content, list):
        parts = (part for part in content if isinstance(part, dict) and part.get("type") in ("text", "output_text"))
        return "".join(part["text"] for part in parts if isinstance(part.get("text"), str))
    return content if isinstance(content, str) else ""


def _whole(value: object) -> int:
    return value if type(value) is int and 0 <= value < 10**9 else 0


def _message(error: Any) -> str:
    body = error.body
    if isinstance(body, list) and body:
        body = body[0]  # as Gemini's endpoint words it
    if isinstance(body, dict):
        inner = body.get("error", body)
        message = inner.get("message") if isinstance(inner, dict) else inner
        if isinstance(message, str) and message:
            return message
    return str(error.message)


def _code(error: Any) -> str:
    return str(getattr(error, "code", "") or "")


def _after(headers: Mapping[str, str]) -> float | None:
    """Return the seconds of a Retry-After header; a date is not read."""
    try:
        seconds = float(headers.get("retry-after-ms", "")) / 1000 if "retry-after-ms" in headers else float(headers["retry-after"])
    except (KeyError, ValueError):
        return None
    return seconds if 0 <= seconds < 10**6 else None
