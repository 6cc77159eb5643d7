"""An OSError that no command expected, as a problem: headed by who refused, the operating system or a service."""

import errno
import os
from dataclasses import replace

from reshelve.schemas.problems import Problem


def problem_of(error: OSError) -> Problem:
    """Return what an OSError means to people. Those of a service say their own kind, and what to do next."""
    path = os.fsdecode(error.filename) if isinstance(error.filename, str | bytes) else ""
    kind, what, hint = (str(getattr(error, name, "")) for name in ("kind", "what", "hint"))
    said = f"{what or error.strerror or error}."
    if path.startswith("s3://"):
        problem = Problem("service-said", "A request to the service failed.", said, path, hint)
        return replace(problem, code=kind) if kind else problem
    full = error.errno in (errno.ENOSPC, errno.EDQUOT)
    return Problem(
        "system", "The operating system refused.", said, path, "Free some room there, then try again." if full and path else ""
    )
