"""The cost of a plan: what it changes of the monthly bill, what it is paid for once, and how long it has to wait."""

from collections.abc import Iterable
from dataclasses import field
from decimal import Decimal

from reshelve.planner.cost.fees import early_fee, out_fee, read_fee, retrieval, thaw_fee, transition_fee, upload_fee
from reshelve.planner.cost.money import plain
from reshelve.planner.cost.monthly_cost import STANDARD, Holding, UnknownClass, class_month, held, holding, month, total
from reshelve.planner.ports.store_reader import Readers
from reshelve.schemas.cost_block import ClassChange, CostKind, CostLine, PlanCost
from reshelve.schemas.locations import split
from reshelve.schemas.operations import AnyOperation, Copy, Download, Pack, Purge, Thaw, Transition, Trash, Unpack, Upload, Write
from reshelve.schemas.price_list import Prices
from reshelve.schemas.quick_dataclasses import dataclass

DAY_NS = 86400 * 10**9


def cost_of(operations: Iterable[AnyOperation], readers: Readers, prices: Prices, now_ns: int) -> PlanCost | None:
    """Return what operations come to, or None where none of them touches a bucket.

    `now_ns` (ns since the epoch) says how long an object has stayed, in whole days. Sizes of archives still to be packed are those
    of what goes into them. Raises OSError where a bucket cannot be listed.
    """
    buckets = {key for key, reader in readers.items() if reader.root.kind == "bucket" and reader.root.available}
    if not buckets:
        return None
    reckoning = _Reckoning(readers, buckets, prices, now_ns)
    for operation in operations:
        reckoning.take(operation)
    return reckoning.result() if reckoning.touched else None


@dataclass(slots=True)
class _Line:
    objects: int = 0
    bytes: int = 0
    amount: Decimal = Decimal(0)


@dataclass(slots=True)
class _Reckoning:
    readers: Readers
    buckets: set[str]
    prices: Prices
    now_ns: int
    touched: bool = False
    added: dict[str, Holding] = field(default_factory=dict)
    lines: dict[CostKind, _Line] = field(default_factory=dict)
    still: Decimal = Decimal(0)
    wait: Decimal = Decimal(0)
    unpriced: set[str] = field(default_factory=set)

    def take(self, operation: AnyOperation) -> None:
        """Reckon with one operation. A class without a price is noted, and nothing else of the operation is reckoned."""
        try:
            self._take(operation)
        except UnknownClass as unknown:
            self.unpriced.add(unknown.name)

    def _take(self, operation: AnyOperation) -> None:
        match operation:
            case Upload():
                self._arrives(operation.dst, operation.size, operation.storage_class)
            case Write() if operation.upload:
                self._arrives(operation.dst, len(operation.content.encode()), operation.storage_class)
            case Pack() if operation.upload:
                self._arrives(operation.dst, operation.size, operation.storage_class)
            case Copy() if operation.how == "object":
                self._arrives(operation.dst, operation.size, operation.storage_class)
                self._pay("retrieval", operation.size, read_fee(operation.size, self._class(operation.src), self.prices))
            case Transition():
                self._changes(operation)
            case Thaw():
                self._thaws(operation)
            case Download() | Unpack() if self._is_bucket(operation.src):
                self.touched = True
                self._pay("retrieval", operation.size, read_fee(operation.size, self._class(operation.src), self.prices))
                self._pay("transfer-out", operation.size, out_fee(operation.size, self.prices))
                if isinstance(operation, Download) and operation.away:
                    self._hidden(operation.src, operation.size)
            case Trash(kept=kept) if kept is not None:
                self._leaves(operation.size, operation.mtime_ns, self._class(operation.src))
            case Trash() if operation.away:
                self._hidden(operation.src, operation.size)
            case Purge() if self._is_bucket(operation.src):
                self._leaves(operation.size, operation.mtime_ns, self._class(operation.src))
            case _:
                pass

    def _arrives(self, place: str, size: int, name: str) -> None:
        if self._is_bucket(place):
            self.touched = True
            name = name or STANDARD
            self._add(name, holding(size, name, self.prices))
            self._pay("requests", size, upload_fee(size, name, self.prices))

    def _changes(self, operation: Transition) -> None:
        self.touched = True
        size, before = operation.size, operation.before or STANDARD
        self._add(operation.after, holding(size, operation.after, self.prices))
        self._pay("transition", size, transition_fee(operation.after, self.prices))
        # A version beneath is in the class that an undo goes back to, or in one that is read for less.
        self._pay("retrieval", size, read_fee(size, operation.after if operation.beneath else before, self.prices))
        if self.readers[split(operation.src)[0]].root.versioned:
            self.still += class_month(before, holding(size, before, self.prices), self.prices)
        else:
            self._leaves(size, operation.mtime_ns, before)

    def _leaves(self, size: int, mtime_ns: int, name: str) -> None:
        self.touched = True
        gone = holding(size, name, self.prices)
        self._add(name, Holding() - gone)
        stayed = max(0, self.now_ns - mtime_ns) // DAY_NS
        self._pay("early-deletion", size, early_fee(size, name, stayed, self.prices))

    def _thaws(self, operation: Thaw) -> None:
        self.touched = True
        name = self._class(operation.src)
        asked, kept = thaw_fee(operation.size, name, operation.tier, operation.days, self.prices)
        self._pay("retrieval", operation.size, asked)
        self._pay("thawed-copy", operation.size, kept)
        self.wait = max(self.wait, retrieval(name, operation.tier, self.prices).hours)

    def _hidden(self, place: str, size: int) -> None:
        self.touched = True
        name = self._class(place)
        self.still += class_month(name, holding(size, name, self.prices), self.prices)

    def _add(self, name: str, each: Holding) -> None:
        self.added[name] = self.added.get(name, Holding()) + each

    def _pay(self, kind: CostKind, size: int, amount: Decimal) -> None:
        if amount:
            line = self.lines.setdefault(kind, _Line())
            line.objects += 1
            line.bytes += size
            line.amount += amount

    def _is_bucket(self, place: str) -> bool:
        return split(place)[0] in self.buckets

    def _class(self, place: str) -> str:
        root, rel = split(place)
        item = self.readers[root].stat(rel)
        return (item.storage_class if item is not None else "") or STANDARD

    def result(self) -> PlanCost:
        prices = self.prices
        holdings, unknown = held((self.readers[key].walk() for key in sorted(self.buckets)), prices)
        self.unpriced.update(unknown)
        before = total(month(holdings, prices))
        changes = {name: class_month(name, each, prices) for name, each in sorted(self.added.items())}
        difference = sum(changes.values(), Decimal(0))
        return PlanCost(
            prices=prices.name,
            date=prices.date,
            currency=prices.currency,
            month_before=plain(before),
            month_after=plain(before + difference),
            month_difference=plain(difference),
            once=plain(sum((line.amount for line in self.lines.values()), Decimal(0))),
            still_billed=plain(self.still),
            wait_hours=f"{self.wait.normalize():f}",
            changes=[ClassChange(n, self.added[n].objects, self.added[n].bytes, plain(amount)) for n, amount in changes.items()],
            lines=[CostLine(kind, line.objects, line.bytes, plain(line.amount)) for kind, line in sorted(self.lines.items())],
            unpriced=sorted(self.unpriced),
        )
