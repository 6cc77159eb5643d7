"""The contract of a provider: one prompt in, one reply out, or trouble that says whether trying again makes sense."""

from typing import Literal, Protocol

from reshelve.schemas.suggestion_protocol import Prompt, Reply

Found = tuple[str, ...]


class Trouble(Exception):  # noqa: N818
    """A request without a reply. `again`: the same request may do better; `after`: not before so many seconds.

    `sent`: the model may have worked on it all the same, and be paid for that. `too_long`: it and its answer are more than the
    model's context holds, "answer" where that is said of the answer.
    """

    def __init__(
        self,
        detail: str,
        hint: str = "",
        *,
        again: bool = False,
        after: float | None = None,
        sent: bool = False,
        too_long: Literal["", "context", "answer"] = "",
    ) -> None:
        self.sent = sent
        self.too_long = too_long
        self.detail = detail
        self.hint = hint
        self.again = again
        self.after = after
        super().__init__(detail)


class Provider(Protocol):
    """Whoever has a model answer. Safe to use from several threads."""

    def ask(self, prompt: Prompt) -> Reply:
        """Send one request, once. Raises Trouble."""

    def models(self) -> Found | None:
        """Return the models that can be asked, None where the provider does not tell. Raises Trouble."""

    def close(self) -> None:
        """Let go of connections; requests under way fail."""
