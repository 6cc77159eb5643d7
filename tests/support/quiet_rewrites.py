"""Files rewritten quietly: other bytes, and nothing else that a look from outside tells."""

import os
from pathlib import Path


def rewrite(path: Path) -> bytes:
    """Give a file other bytes, in place, its size and times kept; return them."""
    before = path.stat()
    content = bytes(byte ^ 1 for byte in path.read_bytes())
    with path.open("r+b") as file:
        file.write(content)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    return content
