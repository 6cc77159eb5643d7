"""Locations: `store:relative/path` as text, and the file-system path it stands for.

A location is kept everywhere in the form documents hold, so that it is always valid UTF-8. A path that is not
UTF-8 on disk is written `store%:percent-encoded`; `split` gives back the path the operating system knows,
with undecodable bytes as lone surrogates (PEP 383). A *root key* is a store's name, or `store/root` for one
root of a group; a *place* is a location whose store part is a root key.
"""

import os
import re
from urllib.parse import quote_from_bytes, unquote_to_bytes

STORE_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*\Z")
ROOT_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_-]*(?:/[A-Za-z0-9_-]+)?\Z")
STATE = ".reshelve"
"""The folder in which a workspace keeps its state, wherever it lies."""
TRASH = ".reshelve-trash"
LOCK = ".reshelve.lock"
ASSETS = "assets.yaml"
"""What people say of assets, beside `reshelve.yaml`."""
LONGEST = 4096
"""The most bytes of a path in its root: no system takes a longer one at once."""
LEVELS = 128
"""The most folders a path goes down in its root."""
TEMPORARY = ".reshelve-"
"""Every name reshelve makes for itself inside a store begins with this, but for `LOCK`; scans leave such names out."""


def is_own(name: str) -> bool:
    """Say whether reshelve made this name for itself inside a store."""
    return name.startswith(TEMPORARY) or name == LOCK


def is_hidden(name: str, *, folder: bool) -> bool:
    """Say whether no walk of a store shows what has this name, nor what is in it: it is reshelve's own, or a workspace's state."""
    return is_own(name) or (folder and name == STATE)


def holds_hidden(rel: str) -> bool:
    """Say whether a path (a folder's ends in `/`) is hidden, or lies in what is."""
    if STATE not in rel:
        return False
    *folders, last = rel.split("/")
    return any(is_hidden(part, folder=True) for part in folders) or is_hidden(last, folder=False)


def is_reserved(name: str) -> bool:
    """Say whether nothing is filed under a name: it is, or is on a file system that folds case, one reshelve keeps for itself."""
    return name[:1] == "." and is_hidden(name.lower(), folder=True)


def is_kept(rel: str, *, is_target: bool) -> bool:
    """Say whether reshelve keeps a path for itself: it holds what no walk shows, or is to be made under a reserved name."""
    return holds_hidden(rel) or (is_target and any(is_reserved(part) for part in rel.split("/")))


def in_trash(rel: str) -> bool:
    """Say whether a path is a trash folder, or lies in one."""
    return TRASH in rel and TRASH in rel.split("/")


def around_trash(rel: str) -> str:
    """Return the folder that holds the trash folder a path is, or lies in; "" is a root itself."""
    return f"/{rel}/".partition(f"/{TRASH}/")[0].strip("/")


def join(root: str, rel: str) -> str:
    """Return the location text of path `rel` (surrogates allowed) in `root` (a store name or root key)."""
    if rel.isascii():
        return f"{root}:{rel}"
    try:
        rel.encode()
    except UnicodeEncodeError:
        return f"{root}%:{quote_from_bytes(os.fsencode(rel), safe='/ ')}"
    return f"{root}:{rel}"


def split(location: str) -> tuple[str, str]:
    """Return (store or root key, relative path) of a location already checked with `fault`."""
    root, _, rel = location.partition(":")
    if root[-1:] == "%":
        return root[:-1], os.fsdecode(unquote_to_bytes(rel))
    return root, rel


def fault(location: str) -> str | None:
    """Say in a phrase what is wrong with a location, or return None when nothing is."""
    root, colon, rel = location.partition(":")
    if not colon:
        return "a location is written store:relative/path"
    encoded = root.endswith("%")
    if encoded:
        root = root[:-1]
    if not ROOT_KEY.match(root):
        return f"{root!r} is not a store name (letters, digits, _ and -, beginning with a letter)"
    if encoded:
        try:
            rel = os.fsdecode(unquote_to_bytes(rel))
        except UnicodeEncodeError:
            return "what is percent-encoded holds no bytes besides"
    return rel_fault(rel)


def rel_fault(rel: str) -> str | None:
    """Say what is wrong with a relative path, or None. The empty path is the root itself; a trailing `/` marks a folder."""
    if rel == "":
        return None
    if "\0" in rel:
        return "a path cannot hold a NUL character"
    if rel[0] == "/":
        return "a path is relative to its store and never begins with /"
    body = rel[:-1] if rel[-1] == "/" else rel
    if "//" in rel or "/./" in f"/{body}/" or "/../" in f"/{body}/":
        return "a path never holds an empty part, '.' or '..'"
    return bound_fault(rel)


def bound_fault(rel: str) -> str | None:
    """Say in which way a relative path is longer or deeper than one may be, or None."""
    if len(rel) <= LEVELS:
        return None
    if len(rel) * 4 > LONGEST and (length := len(os.fsencode(rel))) > LONGEST:
        return f"a path has at most {LONGEST:,} bytes, and this one {length:,}"
    if (levels := rel.count("/", 0, -1)) > LEVELS:
        return f"a path lies at most {LEVELS} folders deep, and this one {levels:,}"
    return None


def parent(rel: str) -> str:
    """Return the folder of a relative path; the root's is the root, both written ""."""
    return rel.rpartition("/")[0]


def name(rel: str) -> str:
    """Return the last part of a relative path."""
    return rel.rpartition("/")[2]


def store_of(root_key: str) -> str:
    """Return the store's name of a root key."""
    return root_key.partition("/")[0]


def location_of(place: str) -> str:
    """Return the location of a place, as layouts name it: in its store, whichever root of it that is on."""
    colon = place.find(":")
    if place.find("/", 0, colon) < 0 and place[colon - 1 : colon] != "%":
        return place
    root, rel = split(place)
    return join(store_of(root), rel)


def shown(location: str) -> str:
    """Return a location safe for a terminal, and no longer than can be read: of one past all bounds its beginning."""
    return printable(location if len(location) <= LONGEST else f"{location[:100]}…")


_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff\ufff9-\ufffb]")


_ENCODED = re.compile(r"\b[A-Za-z][A-Za-z0-9_-]*(?:/[A-Za-z0-9_-]+)?%:.*", re.DOTALL)
_HARMLESS = re.compile("%(2[1678BC9]|3[BD]|40|5[BD]|7[BD])")
"""What is percent-encoded in documents though anybody can read it: !, &, ', (, ), +, comma, ;, =, @ and brackets."""


def printable(text: str) -> str:
    """Return `text` safe for a terminal: control, bidirectional, zero-width and undecodable characters escaped.

    Of what documents percent-encode, a person sees brackets and the like as they are.
    """
    if "%:" in text:
        text = _ENCODED.sub(lambda found: _HARMLESS.sub(lambda code: chr(int(code[1], 16)), found[0]), text)
    if text.isascii() and text.isprintable():
        return text
    return _UNPRINTABLE.sub(_escape, text)


def _escape(match: re.Match[str]) -> str:
    char = ord(match.group())
    if 0xDC80 <= char <= 0xDCFF:
        return f"\\x{char - 0xDC00:02x}"
    return f"\\x{char:02x}" if char < 0x100 else f"\\u{char:04x}"


def encode_path(path: str) -> str:
    """Return the document form of any path text (a root's, a symbolic link's): as it is, or `%:` and percent-encoded."""
    try:
        path.encode()
    except UnicodeEncodeError:
        return "%:" + quote_from_bytes(os.fsencode(path), safe="/ ")
    return path if not path.startswith("%:") else "%:" + quote_from_bytes(path.encode(), safe="/ ")


def decode_path(text: str) -> str:
    """Return the path that `encode_path` wrote."""
    return os.fsdecode(unquote_to_bytes(text[2:])) if text.startswith("%:") else text
