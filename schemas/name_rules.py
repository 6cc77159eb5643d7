"""What file systems make of names whatever their length: which they refuse, and which they take for one."""

import re
import unicodedata
from typing import Literal

NameRule = Literal["any", "unicode", "exfat", "exfat-ends", "vfat", "vfat-bytes", "windows"]
"""What a file system refuses of names; "any": nothing that is known.

- "unicode": bytes that are not UTF-8 (NTFS by FUSE).
- "exfat": these, the characters `" * / : < > ? \\ |`, and control characters (exFAT by FUSE).
- "exfat-ends": these, and a dot at the end, which it would drop (exFAT by the Linux kernel).
- "vfat": these, and a dot (which it would drop) or a blank at the end (FAT by the Linux kernel, mounted with `utf8`).
- "vfat-bytes": the same, but bytes that are not UTF-8 are taken (FAT mounted without `utf8`).
- "windows": all of these, and the names of devices (Windows, and NTFS mounted with `windows_names`).
"""

_RESERVED = re.compile(r'[\x00-\x1f"*/:<>?\\|]')
_UNDECODABLE = re.compile("[\ud800-\udfff]")
_DEVICES = re.compile(r"(?:con|prn|aux|nul|com[1-9]|lpt[1-9])(?=\.|\Z)", re.IGNORECASE)
_ENDS: dict[NameRule, str] = {"exfat-ends": ".", "vfat": ". ", "vfat-bytes": ". ", "windows": ". "}


def refused(name: str, rule: NameRule) -> str:
    """Say what is refused of `name` by this rule, made to follow "takes no name ", or "" where nothing is."""
    if rule == "any":
        return ""
    if rule != "vfat-bytes" and _UNDECODABLE.search(name):
        return "that is not UTF-8"
    if rule == "unicode":
        return ""
    if characters := sorted(set(_RESERVED.findall(name))):
        shown = (each if each.isprintable() else "a control character" for each in characters)
        return f"with {' or '.join(dict.fromkeys(shown))}"
    if name[-1:] in tuple(_ENDS.get(rule, "")):
        return "that ends in a dot" if name[-1] == "." else "that ends in a blank"
    if rule == "windows" and (device := _DEVICES.match(name)):
        return f"that begins {device.group()}, which stands for a device"
    return ""


def fold(name: str) -> str:
    """Return what a case-insensitive file system compares: names that fold the same collide there."""
    if name.isascii():
        return name.lower()
    return unicodedata.normalize("NFD", unicodedata.normalize("NFD", name).casefold())
