"""Scripts: names that give one title twice, in two alphabets."""

import re

_OTHER = (
    r"\u0370-\u05ff\u0600-\u06ff"  # Greek, Cyrillic, Armenian, Hebrew, Arabic
    r"\u0900-\u0dff\u0e00-\u0e7f"  # India's, Thai
    r"\u1100-\u11ff\u3130-\u318f\uac00-\ud7af\u3040-\u30ff\u3400-\u9fff\uff00-\uffef"  # Korean, Japanese, Chinese
)
_LATIN = r"A-Za-z\u00c0-\u024f"
FOREIGN = re.compile(rf"[{_OTHER}]")
"""A letter of another alphabet than the Latin one."""
_GLUED = r"(?<![\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af])"
"""Where no East Asian letter stands right before: "夏天Show" is one title, what is one twice has something between the two."""
_TAIL = re.compile(rf"\A[^{_LATIN}]*[{_OTHER}][^{_LATIN}]*?{_GLUED}(?P<latin>\d*[{_LATIN}][^{_OTHER}]*)\Z")
_HEAD = re.compile(rf"\A(?P<latin>[^{_OTHER}]*[{_LATIN}]{{2}}[^{_OTHER}]*?)[\s._/∕|(\[-]+[^{_LATIN}]*[{_OTHER}][^{_LATIN}]*\Z")


def latin_part(title: str) -> str:
    """Return the half of a title that is in Latin letters, where it has one in each of two alphabets; else the title."""
    if title.isascii() or not FOREIGN.search(title):
        return title
    found = _TAIL.match(title) or _HEAD.match(title)
    part = found["latin"].strip(" ._-/∕|()[]") if found else ""
    return part if sum(map(str.isalpha, part)) >= 3 else title
