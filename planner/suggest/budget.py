"""The budget: what asking will cost, told before, and what may still be spent, kept to."""

from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from threading import Lock

from reshelve.schemas.suggest_settings import Prices, Suggest, dollars
from reshelve.schemas.suggestion_protocol import Prompt, Reply

_BYTES_A_TOKEN = 3.5
"""What English names in JSON come to with today's tokenizers."""
_OUT_A_FILE = 110
_REGION = ("us.", "eu.", "apac.", "global.")
"""What Bedrock's inference profiles put before a model's name."""
_AROUND = 64
"""Tokens a provider adds around a request's texts."""


@cache
def _table() -> tuple[tuple[str, str, Prices], ...]:
    text = files("reshelve.planner").joinpath("suggest", "prices.txt").read_text(encoding="utf-8")
    rows = [line.split() for line in text.splitlines() if line and line[0] != "#"]
    found = [(provider, model, Prices(input=float(into), output=float(out))) for provider, model, into, out in rows]
    return tuple(sorted(found, key=lambda row: -len(row[1])))


def prices_of(config: Suggest, model: str) -> Prices | None:
    """Return what a model costs: as the workspace says, else by the table for the provider's own endpoint; None: not known."""
    if config.prices is not None:
        return config.prices
    if config.base_url is not None and config.provider != "bedrock":
        return None
    for prefix in _REGION:
        model = model.removeprefix(prefix)
    return next((price for provider, name, price in _table() if provider == config.provider and model.startswith(name)), None)


def cost(prices: Prices | None, tokens_in: int, tokens_out: int) -> float | None:
    """Return US dollars, or None where prices are not known."""
    return None if prices is None else (tokens_in * prices.input + tokens_out * prices.output) / 1_000_000


def expected(prompts: Sequence[Prompt]) -> tuple[int, int]:
    """Return the tokens, in and out, that these requests are likely to take."""
    schema = sum(len(str(prompt.schema)) for prompt in prompts)
    into = sum(prompt.size for prompt in prompts) + schema
    return int(into / _BYTES_A_TOKEN) + _AROUND * len(prompts), sum(_OUT_A_FILE * len(prompt.files) for prompt in prompts)


class Purse:
    """What one scan may still spend. A request is taken only if the most it can take still fits; what it took is charged after.

    So is every further try of it, and each that was lost. Safe to share by threads.

    The most is one token a byte sent, as no tokenizer makes more, and the whole of `max_tokens` for the answer.
    """

    def __init__(self, config: Suggest, prices: Prices | None) -> None:
        self.tokens_in = self.tokens_out = 0
        self._config = config
        self._prices = prices
        self._money = dollars(config.budget.money) if config.budget.money is not None else None
        self._lock = Lock()
        self._promised: dict[tuple[str, ...], tuple[int, int]] = {}

    @property
    def can_count(self) -> bool:
        """Whether a budget of money can be kept: prices are known, or none was set."""
        return self._money is None or self._prices is not None

    @property
    def cost(self) -> float | None:
        """What was spent, in US dollars; None where prices are not known."""
        return cost(self._prices, self.tokens_in, self.tokens_out)

    def most(self, prompt: Prompt) -> int:
        """Return the most tokens that a request can take, in and out."""
        return sum(self._most(prompt))

    def most_cost(self, prompt: Prompt) -> float | None:
        """Return the most that a request can cost, in US dollars; None where prices are not known."""
        return cost(self._prices, *self._most(prompt))

    def _most(self, prompt: Prompt) -> tuple[int, int]:
        return prompt.size + len(str(prompt.schema)) + _AROUND, prompt.max_tokens or self._config.max_tokens

    def take(self, prompt: Prompt) -> bool:
        """Say whether a request may be sent, and if so set aside the most it can take."""
        with self._lock:
            most = self._most(prompt)
            if not self._fits(*most):
                return False
            self._promised[prompt.files] = most
            return True

    def lost(self, prompt: Prompt) -> bool:
        """Charge a try whose answer never came whole, as it was likely counted; say whether the request may be tried once more."""
        with self._lock:
            into, out = expected([prompt])
            self.tokens_in += into
            self.tokens_out += out
            return self._fits(0, 0)

    def _fits(self, more_in: int, more_out: int) -> bool:
        into = self.tokens_in + more_in + sum(each[0] for each in self._promised.values())
        out = self.tokens_out + more_out + sum(each[1] for each in self._promised.values())
        spent = cost(self._prices, into, out)
        return into + out <= self._config.budget.tokens and (self._money is None or (spent is not None and spent <= self._money))

    def charge(self, prompt: Prompt, reply: Reply | None) -> None:
        """Charge what a request took, as the provider counted it; where it counted nothing, what was likely."""
        with self._lock:
            self._promised.pop(prompt.files, None)
            if reply is None:
                return
            into, out = reply.tokens_in, reply.tokens_out
            if not into and not out:
                into, out = expected([prompt])
                out = max(out, prompt.max_tokens or self._config.max_tokens) if reply.truncated else out
            self.tokens_in += into
            self.tokens_out += out
