"""What a failed system call is called, and what a person is told to do about it."""

import errno
import os

import pytest

from reshelve.executors.verbs.file_verbs import advice

KNOWN = ["ENOSPC", "EDQUOT", "EACCES", "EPERM", "EROFS", "EEXIST", "ENOENT", "EXDEV", "EIO", "EOPNOTSUPP", "ENAMETOOLONG", "EBUSY"]


@pytest.mark.parametrize("name", KNOWN)
def test_the_hint_says_more_than_the_error_itself(name: str) -> None:
    number = getattr(errno, name)
    code, hint = advice(OSError(number, os.strerror(number)))
    assert code and code == code.lower()
    assert hint.endswith((".", ")")) and os.strerror(number) not in hint


def test_a_file_system_that_cannot_share_blocks_is_told_from_a_failure() -> None:
    code, hint = advice(OSError(errno.EOPNOTSUPP, "Operation not supported"))
    assert code == "not-supported" and "transfer: copy" in hint
