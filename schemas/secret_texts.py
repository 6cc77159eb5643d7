"""Secrets in texts: what looks like one, by its own form or by the name it stands under, and texts shown without them."""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import Any

from reshelve.schemas.near_words import near

_KEY_MARKS = (
    *("AKIA", "ASIA", "AIza", "sk-", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "glpat-"),
    *("xox", "xapp-", "ya29.", "sk_live_", "rk_live_", "hf_", "npm_"),
)
_MARKS = ("://", ":/", *_KEY_MARKS)
"""One of these is in every text that `masked` changes: most texts have none, and are not searched."""
# Each part of a pattern is bounded, so that no text takes longer than its length.
_USER = re.compile(r"(?<=://)(?:[^/]{0,200}@|\S{0,200}@)")
# A path made of an address has one slash left of its two.
_COLLAPSED = re.compile(r"(?:(?<=\bhttps:/)|(?<=\bhttp:/)|(?<=\bs3:/))[^/\s]{1,500}@")
SECRET_ADDRESS = re.compile(
    r"https?://(?:hooks\.slack\.com/|(?:[\w.-]{1,200}\.)?discord(?:app)?\.com/api/webhooks/|[\w.-]{1,200}\.webhook\.office\.com/)",
    re.IGNORECASE,
)
"""Addresses of webhooks, which are a secret by themselves: their services ask for nothing else."""
_WEBHOOK = re.compile(rf"""({SECRET_ADDRESS.pattern})([^\s'"]{{1,2000}})""", re.IGNORECASE)
_QUERY = re.compile(r"""(://[^\s?'"]{0,2000}\?)([^\s'"]+)""")
_SURE = (
    r"(?:AKIA|ASIA)[A-Z0-9]{16}|gh[pousr]_[A-Za-z0-9]{20,250}|github_pat_[A-Za-z0-9_]{20,250}|glpat-[A-Za-z0-9_-]{20,250}"
    r"|xox[abeoprs]-[A-Za-z0-9-]{10,250}|xapp-[A-Za-z0-9-]{20,250}|AIza[A-Za-z0-9_-]{30,60}|ya29\.[A-Za-z0-9_-]{20,250}"
    r"|[sr]k_live_[A-Za-z0-9]{16,250}|(?:hf|npm)_[A-Za-z0-9]{30,250}"
)
"""The forms of keys: of AWS, GitHub, GitLab, Slack, Google, Stripe, Hugging Face and npm."""
_KEY = re.compile(rf"(?<![A-Za-z0-9])(?:{_SURE}|sk-[A-Za-z0-9_-]{{16,}})(?![A-Za-z0-9])")
# A name may begin with sk- and be long: a key has many letters and digits in a row.
_LIKE_OPENAI = r"sk-(?=[A-Za-z_-]{0,200}[0-9])(?=[A-Za-z0-9_-]{0,200}[A-Za-z0-9]{16})[A-Za-z0-9_-]{16,}"
_SURE_KEY = re.compile(rf"(?<![A-Za-z0-9])(?:{_SURE}|{_LIKE_OPENAI})(?![A-Za-z0-9])")
_NAME = re.compile(
    r"(?:^|_)(?:secret|password|passwd|passphrase|pwd|token|apikey|api_key|access_key|access_key_id|secret_key|private_key|credentials?)$"
)
_AWS = re.compile(r"(?:^|_)(?:aws_access_key_id|secret_access_key|aws_session_token)$")
_GIVEN = re.compile(
    r"""(?<![A-Za-z0-9_.-])["']?(?P<word>[A-Za-z][A-Za-z0-9_.-]{0,80})["']?[ \t]{0,80}(?:=|:(?=[ \t"'])|(?<=["']):)[ \t]{0,80}"""
)
_VALUE = re.compile(r"""(?:"(?:[^"\\]|\\.){0,4000}"?|'[^']{0,4000}'?|\[[^\]]{0,4000}\]?|[^\s,{}\[\]#"'][^,}\]]{0,4000})""")
_HEADER = re.compile(r"(?:^|_)(?:authorization|cookie)$")
"""Names of headers whose value is a secret."""
_BEARER = re.compile(r"(?i)\b(bearer[ \t]{1,9})([A-Za-z0-9._~+/=-]{6,4000})")
_OPENS = re.compile(
    r"""(?P<in>[ \t]*(?:-[ \t]+)*)["']?(?P<word>[A-Za-z][A-Za-z0-9_.-]{0,80})["']?[ \t]*:"""
    r"""[ \t]*(?:[|>][-+0-9]{0,3})?[ \t]*(?:#.*)?\Z"""
)
"""A line with a name whose value stands on the lines below it."""
_KEY_NAME = re.compile(r"(?:^|_)key$")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
# Nobody names a variable so: 20 characters or more with a digit and letters of both sizes, or 32 hex digits.
_RANDOM = re.compile(
    r"(?=[^0-9]*[0-9])(?=[^a-z]*[a-z])(?=[^A-Z]*[A-Z])[A-Za-z0-9+/=-]{20,500}\Z|[0-9a-f]{32,500}\Z|[0-9A-F]{32,500}\Z"
)
_MISSPELT = ("password", "passwd", "passphrase", "secret", "apikey", "credentials")
"""Names of secrets that are told from other words when they are misspelt."""
_BYTE_MARKS = tuple(mark.encode() for mark in (*_KEY_MARKS, "ccess", "CCESS", "ession", "ESSION") if mark != "sk-")
# Many a folder is called disk-1.
_LONG_SK = re.compile(rb"sk-[A-Za-z0-9_-]{16}")
_LOGIN = re.compile(r"://[^/\s:@]{1,500}:[^/\s@]{1,500}@")
_ELSEWHERE = ("{{", "${", "{%")
_WORTH = 8
"""The fewest characters of a value that may be a secret."""


def masked(text: str) -> str:
    """Return a text as long as it was, with `*` for names, passwords and queries of URLs, webhooks and keys known by form."""
    if not any(mark in text for mark in _MARKS):
        return text
    text = _USER.sub(lambda found: "*" * (len(found[0]) - 1) + "@", text)
    text = _COLLAPSED.sub(lambda found: "*" * (len(found[0]) - 1) + "@", text)
    text = _QUERY.sub(lambda found: found[1] + "*" * len(found[2]), text)
    text = _WEBHOOK.sub(lambda found: found[1] + "*" * len(found[2]), text)
    return _KEY.sub(lambda found: "*" * len(found[0]), text)


def masked_line(line: str) -> str:
    """Return a line of a document as long as it was, with `*` for what `masked` hides and for what stands under a secret's name."""
    for word, start, end in _given(line, lambda _: True):
        value = line[start:end].rstrip().strip("\"'")
        name = word.rpartition(".")[2]
        if _is_secret(name) or _is_key_under(name, value):
            line = line[:start] + "*" * (end - start) + line[end:]
    line = _BEARER.sub(lambda found: found[1] + "*" * len(found[2]), line)
    return masked(line)


def masked_lines(lines: Iterable[str]) -> Iterator[str]:
    """Yield the lines of a document as `masked_line` does, and what stands below the name of a secret as `*` too."""
    below = -1
    for line in lines:
        text = line.lstrip(" ")
        indent = len(line) - len(text)
        # The items of a list may stand as far left as its name.
        if below >= 0 and (not text or indent > below or (indent == below and text.startswith("- "))):
            yield line[:indent] + "*" * len(text)
            continue
        opens = _OPENS.match(line)
        below = len(opens["in"]) if opens is not None and _is_secret(opens["word"].rpartition(".")[2]) else -1
        yield masked_line(line)


def _is_secret(name: str) -> bool:
    return names_secret(name) or nearly_names_secret(name) or _HEADER.search(_words(name)) is not None


def names_secret(key: str) -> bool:
    """Say whether what stands under this name is a secret: `aws_secret_access_key`, `apiKey`, `db-password`; not `key_env`."""
    return _NAME.search(_words(key)) is not None


def nearly_names_secret(key: str) -> bool:
    """Say whether a name is that of a secret, misspelt: `pasword`, `pass-word`, `secert`."""
    word = _words(key).replace("_", "")
    return not key.endswith("_env") and 5 <= len(word) <= 20 and bool(near(word, _MISSPELT, 0.83))


def _is_key_under(name: str, value: str) -> bool:
    """Say whether a value is a key by the name it stands under and its form; an `*_env` has names of variables only."""
    if name.endswith("_env"):
        return bool(value) and (_VARIABLE.match(value) is None or _RANDOM.match(value) is not None)
    return name == "key" or (_KEY_NAME.search(_words(name)) is not None and _RANDOM.match(value) is not None)


def secrets_in(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Yield where in a document a secret stands, and in words what it is: as `secret_of` finds it, or a key of AWS by its name."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if isinstance(inner, str) and _AWS.search(_words(str(key))) and _is_literal(inner):
                yield (*path, key), f"`{key}` holds a secret"
            elif isinstance(inner, str) and str(key).endswith("_env") and _RANDOM.match(inner):
                yield (*path, key), f"`{key}` holds what has the form of a key, not the name of a variable"
            else:
                yield from secrets_in(inner, (*path, key))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from secrets_in(inner, (*path, number))
    elif isinstance(value, str) and (what := secret_of(value)):
        yield path, what


@lru_cache(maxsize=4096)
def secret_of(text: str) -> str:
    """Say in words what secret a text holds: a URL with a password, a key by its form, or one of AWS by its name; "" for none."""
    if "://" in text and _LOGIN.search(text):
        return "a URL holds a name and a password"
    if any(mark in text for mark in _KEY_MARKS) and _SURE_KEY.search(text):
        return "a text holds what has the form of a key"
    for word, start, end in _given(text, lambda word: _AWS.search(_words(word)) is not None):
        if _is_literal(text[start:end].strip("\"'")):
            return f"`{word}` holds a secret"
    return ""


def may_hold_secret(text: bytes) -> bool:
    """Say quickly whether there can be a secret in a document, as `secret_of` finds it: most have not one of the marks of any."""
    return (b"://" in text and b"@" in text) or any(mark in text for mark in _BYTE_MARKS) or _LONG_SK.search(text) is not None


def without_secrets(value: Any) -> Any:
    """Return a value of a file's facts with `*` where `secret_of` finds a secret: what a file says of itself may hold any.

    A value without one is returned itself.
    """
    if not _has_secret(value):
        return value
    if isinstance(value, dict):
        return {key: without_secrets(inner) for key, inner in value.items()}
    return [without_secrets(inner) for inner in value] if isinstance(value, list) else masked_line(value)


def _has_secret(value: Any) -> bool:
    if isinstance(value, str):
        return secret_of(value) != ""
    if isinstance(value, dict):
        value = value.values()
    elif not isinstance(value, list):
        return False
    return any(_has_secret(inner) for inner in value)


def _is_literal(value: str) -> bool:
    return len(value) >= _WORTH and not any(mark in value for mark in _ELSEWHERE)


def _given(text: str, asked: Callable[[str], bool]) -> Iterator[tuple[str, int, int]]:
    """Yield each name asked about with where its value begins and ends; of names in values too, such as in JSON in a string."""
    for found in _GIVEN.finditer(text):
        if asked(found["word"]) and (value := _VALUE.match(text, found.end())) is not None:
            yield found["word"], *value.span()


def _words(key: str) -> str:
    """Return a name in small letters, its words parted by `_`: secretAccessKey, Secret-Access-Key."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|[-. ]", "_", key).lower()
