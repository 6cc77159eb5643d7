"""Recorded answers: replies kept in a file, replayed without a network; and a provider that records another's.

The file is NDJSON. A line with `from` is the answer for one file, as a person would write it:
{"from": "inbox:a.bin", "kind": "movie", "title": "A", "confidence": 0.9}. A line with `files` and `reply` is a whole reply, word
for word, for a request about just those files.
"""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from threading import Lock
from typing import Any

from reshelve.executors.suggest.provider_contract import Found, Provider, Trouble
from reshelve.schemas.documents.git_conflicts import conflicts
from reshelve.schemas.documents.source_lines import read_file
from reshelve.schemas.suggestion_protocol import Prompt, Reply


class Recorded:
    """Replays answers from a file. Raises Trouble for one that cannot be read. What is not in it is not known."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._answers: dict[str, Mapping[str, Any]] = {}
        self._replies: dict[tuple[str, ...], Reply] = {}
        try:
            text = read_file(path)
            lines = text.decode("utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as trouble:
            raise Trouble(f"{path} cannot be read: {trouble}.", "Check `answers:` of `suggest:`.") from trouble
        for found in conflicts(text, str(path)):
            at = found.where.line if found.where is not None else 1
            raise Trouble(f"{path}:{at} is {found.summary}. {found.detail}", f"{found.hint}.")
        for number, line in enumerate(lines, 1):
            if line.strip():
                self._learn(line, number)

    def ask(self, prompt: Prompt) -> Reply:
        """Return the reply recorded for these files, else one made of the answers recorded for each.

        Raises Trouble, as too long, for files of which there is a recorded reply about fewer.
        """
        reply = self._replies.get(prompt.files)
        if reply is not None:
            return reply
        if any(set(files) < set(prompt.files) for files in self._replies):
            # As it was when it was recorded: these were asked about in smaller requests.
            raise Trouble("No reply is recorded for just these files.", "Check `batch:` of `suggest:`.", too_long="context")
        said = []
        for number, source in enumerate(prompt.files, 1):
            answer = self._answers.get(source, {"confidence": 0.0, "reason": "nothing is recorded for it"})
            said.append({"file": number, **answer})
        return Reply(json.dumps({"suggestions": said}, ensure_ascii=False))

    def models(self) -> Found | None:
        """Return None: no model is behind it."""
        return None

    def close(self) -> None:
        """Do nothing."""

    def _learn(self, line: str, number: int) -> None:
        try:
            value = json.loads(line)
        except (ValueError, RecursionError) as fault:
            raise self._wrong(number) from fault
        match value:
            case {"from": str(source)}:
                self._answers[source] = {name: said for name, said in value.items() if name != "from"}
            case {"files": list(files), "reply": str(text)}:
                counted = [value.get(name) for name in ("tokens_in", "tokens_out")]
                tokens = [each if type(each) is int else 0 for each in counted]
                self._replies[tuple(map(str, files))] = Reply(text, value.get("truncated") is True, *tokens)
            case _:
                raise self._wrong(number)

    def _wrong(self, number: int) -> Trouble:
        detail = f"{self._path}:{number} is no recorded answer."
        return Trouble(detail, 'Write {"from": "store:path", "kind": …, "confidence": …} on each line.')


def can_be_replayed(path: Path) -> bool:
    """Say whether a file holds recorded answers alone, so that more may be added."""
    try:
        Recorded(path)
    except Trouble:
        return False
    return True


class Recording:
    """A provider that writes every request and its reply to a file as another provider answers them. No key is ever in it."""

    def __init__(self, provider: Provider, path: Path) -> None:
        self._provider = provider
        self._path = path
        self._lock = Lock()

    def ask(self, prompt: Prompt) -> Reply:
        """Ask the other, and write down both. Raises Trouble, and OSError where the file cannot be written."""
        reply = self._provider.ask(prompt)
        row = {"files": prompt.files, "reply": reply.text, "truncated": reply.truncated}
        row |= {"tokens_in": reply.tokens_in, "tokens_out": reply.tokens_out, "system": prompt.system, "user": prompt.user}
        with self._lock, self._path.open("ab+") as out:
            # A person's last line may lack its end.
            lacks = out.tell() and out.seek(-1, os.SEEK_END) is not None and out.read(1) != b"\n"
            out.write((b"\n" if lacks else b"") + json.dumps(row, ensure_ascii=True).encode() + b"\n")
        return reply

    def models(self) -> Found | None:
        """Return the other's models."""
        return self._provider.models()

    def close(self) -> None:
        """Close the other."""
        self._provider.close()
