"""Pieces on their way up: what a request reads of a file has to be what was hashed; what lies in memory is bounded."""

import errno
from pathlib import Path

import pytest
import xxhash

from reshelve.executors.stores.local_store import LocalStore
from reshelve.executors.stores.s3.upload_pieces import BITE, FilePiece, UnreadableError, cut, sending
from reshelve.executors.stores.transfer_memory import Budget, Holding
from reshelve.schemas.inventory import Root

CONTENT = bytes(range(251)) * (3 * BITE // 251)


@pytest.fixture
def piece(tmp_path: Path) -> FilePiece:
    (tmp_path / "film").write_bytes(b"before" + CONTENT + b"after")
    source = LocalStore(Root("folder", str(tmp_path)))
    return FilePiece(source, "film", 6, len(CONTENT), xxhash.xxh3_128_digest(CONTENT), None)


def test_a_request_reads_it_and_reads_it_again(piece: FilePiece) -> None:
    with sending(piece) as body:
        for _ in range(2):
            assert b"".join(bytes(bite) for bite in iter(lambda: body.read(16384), b"")) == CONTENT
            body.seek(0)


def test_what_is_cut_short_as_it_is_sent_is_told_as_that(piece: FilePiece, tmp_path: Path) -> None:
    with pytest.raises(OSError) as caught, sending(piece) as body:
        body.read(1)
        (tmp_path / "film").write_bytes(b"before")
        with pytest.raises(UnreadableError):
            body.read(1)
        raise ConnectionError("what a client makes of it")
    assert caught.value.errno == errno.ESTALE


@pytest.mark.parametrize("refused", [False, True])
def test_what_is_edited_as_it_is_sent_is_told_as_that(piece: FilePiece, tmp_path: Path, refused: bool) -> None:
    with pytest.raises(OSError) as caught, sending(piece) as body:
        body.read(1)
        (tmp_path / "film").write_bytes(b"before" + CONTENT[:-1] + b"!" + b"after")
        body.read()
        if refused:
            raise OSError(errno.EIO, "what arrived is not what was sent")
    assert caught.value.errno == errno.ESTALE
    with pytest.raises(OSError) as caught:
        piece.md5()
    assert caught.value.errno == errno.ESTALE


def test_pieces_in_memory_are_given_back_also_where_nobody_sent_them() -> None:
    memory = Budget(3 * BITE)
    with Holding(memory) as held:
        pieces = cut([CONTENT[:BITE], CONTENT[BITE:]], BITE, held)
        first, second = next(pieces), next(pieces)
        assert bytes(first.content) + bytes(second.content) == CONTENT[: 2 * BITE]
        assert (first.last, memory.held) == (False, 2 * BITE)
        first.let_go()
        assert memory.held == BITE
    assert memory.held == 0
