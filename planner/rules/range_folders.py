"""Range folders: numbered projects by fifties, so that no folder holds hundreds of them."""

import re

_ID = re.compile(r"([^\W\d_]*)([0-9]+)(?![0-9])")


def range_folder(name: object, size: int = 50) -> str:
    """Return the range folder of a project id, or of a name that begins with one: `b00-b49` for `b40` and for `b40-old-project`.

    Numbers count from 0, and are as wide as the id's own, two digits at least for ranges of 50: `b7` and `b07` lie with `b40`,
    `b150` in `b150-b199`, the legacy id `012` in `000-049`. Raises ValueError for a name without a number, and for a size below 2.
    """
    text = str(name)
    found = _ID.match(text)
    if found is None:
        raise ValueError(f"{text!r} does not begin with a project id such as b40 or 012")
    if size < 2:
        raise ValueError(f"a range has at least two numbers, not {size}")
    letters, digits = found.groups()
    first = int(digits) // size * size
    width = max(len(digits), len(str(size - 1)))
    return f"{letters}{first:0{width}}-{letters}{first + size - 1:0{width}}"
