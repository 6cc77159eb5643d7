"""One run under way: batches of operations, forwards, each between a synced intent and synced folders (design §5)."""

import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from reshelve.executors.runs.batch_sizes import Pace
from reshelve.executors.runs.failed_steps import failed_step, told_of
from reshelve.executors.runs.failing_roots import FailingRoots
from reshelve.executors.runs.run_events import Emit, OperationFailed, Progress
from reshelve.executors.runs.touched_folders import TouchedFolders
from reshelve.executors.state.run_journal import Journal, JournalError
from reshelve.executors.verbs.file_verbs import DriftedError, Hands, Stores, advice
from reshelve.executors.verbs.object_verbs import Parts
from reshelve.executors.verbs.refused_names import refusal
from reshelve.executors.verbs.reversed_verbs import take_back_verbs
from reshelve.schemas.journal_records import Done, Failed, Intended, MadeFiles, Uploading
from reshelve.schemas.locations import TRASH, in_trash, printable, split
from reshelve.schemas.plan import Plan
from reshelve.schemas.problems import Problem
from reshelve.schemas.run_record import Made, OnError
from reshelve.schemas.verbs import (
    Confirm,
    CopyObject,
    CopyTo,
    Hide,
    PackTo,
    RemoveHidden,
    Rename,
    Reveal,
    SetClass,
    Thaw,
    UnpackTo,
    Upload,
    UploadPacked,
    Verb,
    WriteObject,
    WriteTo,
)

RENAMES = 256
"""Renames performed between two looks at whether the run was cancelled."""

TO_DO, DONE, LEFT_OUT, UNSURE = 0, 1, 2, 3
"""How an operation stands: not begun or taken back; done; failed or skipped (taken back); cannot be told."""

SIDE_BY_SIDE = frozenset(
    (CopyTo, WriteTo, PackTo, UnpackTo, Upload, UploadPacked, WriteObject, CopyObject, Hide, Reveal, SetClass, Thaw, RemoveHidden)
)
"""The first verbs of operations that are performed several at one time: what takes long, on disks or over the network."""

Compiled = tuple[int, tuple[Verb, ...]]
Performed = Made | OSError | bool | None
"""What a first verb came to: what it made, why it failed, or whether it was performed at all; None: left out for a failed root."""


def plain_renames(compiled: Iterable[Compiled], is_alone: Callable[[int, Rename], bool]) -> list[Rename]:
    """Return the renames that a list begins with, as far as each is all of its operation, between one pair of roots, not alone."""
    found: list[Rename] = []
    roots = None
    for index, (verb, *more) in compiled:
        if more or not isinstance(verb, Rename) or is_alone(index, verb):
            break
        between = verb.src.partition(":")[0], verb.dst.partition(":")[0]
        if between != (roots or between):
            break
        roots = between
        found.append(verb)
    return found


class Execution:
    """What is known of a run while it is under way, and the way forwards.

    `stands` says of each operation how it stands, `failed` what went wrong with one. `foreign` are the uploads in parts that were
    under way, by others, where an operation began one.
    """

    def __init__(
        self, plan: Plan, stores: Stores, journal: Journal, emit: Emit, *, jobs: int = 1, cancel: threading.Event | None = None
    ) -> None:
        self.plan = plan
        self.stores = stores
        self.journal = journal
        self.emit = emit
        self.jobs = max(1, jobs)
        self.pace = Pace(self.jobs)
        self.cancel = cancel or threading.Event()
        self.parts = Parts(self._uploading)
        self.foreign: dict[int, list[str]] = {}
        self.made: dict[int, Made] = {}
        self.hands = Hands(
            stores, progress=self._copied, cancelled=self.cancel.is_set, parts=self.parts, made=self.made, run=plan.run
        )
        self.hands.letting_go.note(plan.operations)
        self.stands = bytearray(len(plan.operations))
        self.failures: list[Problem] = []
        self.failed: dict[int, Problem] = {}
        self.copied_bytes = 0
        self._reached = 0
        self.failing = FailingRoots(plan, stores)
        self.folders = TouchedFolders(plan, stores, journal, self.failing)
        self._counting = threading.Lock()
        self._journaling = threading.Lock()
        self._buckets = {key for key, store in stores.items() if store.root.kind == "bucket"}

    # Forwards.

    def forwards(self, on_error: OnError, start: int = 0) -> bool:
        """Perform every operation from `start` on that is still to do; return whether the run went through without a stop.

        With `continue`, an operation that fails and those that need it are left out and the rest is done; where a whole root
        fails, all that is still to do there is left out, told once. An operation that fails is itself taken back. After a kill at
        any point `recover` can tell every operation.
        """
        went_through = self._forwards(on_error, start)
        for problem in self.failing.problems():
            self.failures.append(problem)
            self.emit(OperationFailed(-1, problem))
            for index in self.failing.left_out(problem.path):
                self.failed.setdefault(index, problem)
        return went_through

    def _forwards(self, on_error: OnError, start: int) -> bool:
        for begin, until in self.pace.batches(self.plan.operations, start, self._buckets):
            try:
                went_on = self._go(begin, until, on_error)
            except JournalError:
                raise
            except OSError as error:
                self._broken(error)
                return False
            if not went_on or (self.cancel.is_set() and until < len(self.plan.operations)):
                return False
        return True

    def _go(self, begin: int, until: int, on_error: OnError) -> bool:
        self._reached = begin
        self.look_anew()
        compiled = self._compile(begin, until)
        touched = self.folders.of(compiled)
        roots = {root for root, _ in touched}
        if fallen := sorted(root for root in roots if not self.failing.is_gone(root) and not self.failing.stands(root)):
            # What is mounted there by now, or the empty folder below it, is not what was planned for.
            self._fallen(fallen[0])
            if on_error != "continue":
                return False
            return self._go(begin, until, on_error)
        self.folders.note(touched)
        self.journal.write(Intended(until))
        self.journal.sync()
        went_on = self._perform_batch(compiled, on_error)
        done = [index for index in range(begin, until) if self.stands[index] == DONE]
        self.folders.sync_batch(touched, done, goes_back=on_error == "rollback")
        if went_on:
            without = [index for index in range(begin, until) if self.stands[index] != DONE]
            left = {index: ctime for index, ctime in self.hands.letting_go.left.items() if begin <= index < until}
            returned = self.hands.returned.unwritten((index, self.plan.operations[index]) for index in range(begin, until))
            unsure = [index for index in without if self.stands[index] == UNSURE]
            self.journal.write(Done(until, without, left, returned, unsure))
            self.emit(Progress(until, self.copied_bytes))
        return went_on

    def _compile(self, begin: int, until: int) -> list[Compiled]:
        run, operations = self.plan.run, self.plan.operations
        todo = [index for index in range(begin, until) if self.stands[index] == TO_DO]
        if self.failing.any():
            todo = [index for index in todo if not self._barred(index)]
        return [(index, operations[index].verbs(run, index)) for index in todo]

    def _perform_batch(self, compiled: list[Compiled], on_error: OnError) -> bool:
        position = 0
        while position < len(compiled):
            if self.cancel.is_set():
                return False
            index, verbs = compiled[position]
            if type(verbs[0]) in SIDE_BY_SIDE:
                segment = self._segment(compiled, position)
                position += len(segment)
                if not self._perform_copies(segment, on_error):
                    return False
                continue
            position += self._perform_renames(compiled, position)
            if position == len(compiled):
                break
            index, verbs = compiled[position]
            if type(verbs[0]) in SIDE_BY_SIDE:
                continue
            position += 1
            if not self._ready(index):
                continue
            if not self._perform_rest(index, verbs, 0, on_error) and on_error != "continue":
                return False
        return True

    def _perform_renames(self, compiled: list[Compiled], position: int) -> int:
        """Perform the run of plain renames between one pair of roots from here on, as far as it goes; return how far that is.

        What ends it early is left to be performed, and told, by itself.
        """
        first = compiled[position][0]
        failing = self.failing.any()

        def is_alone(index: int, verb: Rename) -> bool:
            if TRASH in verb.dst and in_trash(split(verb.dst)[1]):
                return True
            operation = self.plan.operations[index]
            if failing and self.failing.bars(operation):
                return True
            return any(need < first and self.stands[need] != DONE for need in operation.needs)

        verbs = plain_renames(compiled[position : position + RENAMES], is_alone)
        count = self.hands.rename_many(verbs)
        for index, _ in compiled[position : position + count]:
            self.stands[index] = DONE
        return count

    def _ready(self, index: int) -> bool:
        """With `continue`: leave out what needs an operation that was left out, or a root that has failed."""
        if self._barred(index):
            return False
        needs = self.plan.operations[index].needs
        if needs and any(self.stands[need] != DONE for need in needs):
            self.stands[index] = LEFT_OUT
            place = self.plan.operations[index].makes or self.plan.operations[index].frees or ""
            self._tell(
                index,
                Problem(
                    "skipped", "Left out.", "An operation it needs failed.", place, "See the failure above.", severity="warning"
                ),
            )
            return False
        return True

    def _barred(self, index: int) -> bool:
        """Leave an operation out, without a word of its own, where it comes to nothing for a root that has failed; say whether."""
        operation = self.plan.operations[index]
        key = self.failing.bars(operation) or self.failing.behind(operation.needs)
        if key:
            self._leave_out(index, key)
        return bool(key)

    def _leave_out(self, index: int, key: str) -> None:
        self.stands[index] = LEFT_OUT
        self.failing.leave_out(index, key)

    def _perform_rest(self, index: int, verbs: Sequence[Verb], performed: int, on_error: OnError) -> bool:
        try:
            for verb in verbs[performed:]:
                made = self.hands.perform(verb, index)
                performed += 1
                if made is not None:
                    self.remember(index, made)
        except OSError as error:
            if performed < len(verbs) and isinstance(verbs[performed], Confirm):
                performed += 1  # what it looked with goes too
            self._fail(index, verbs, performed, error, on_error)
            return False
        self.stands[index] = DONE
        return True

    def _segment(self, compiled: list[Compiled], position: int) -> list[Compiled]:
        """Return the run of copies from here on that do not need one another, to be made side by side."""
        first = compiled[position][0]
        segment = []
        for index, verbs in compiled[position:]:
            if type(verbs[0]) not in SIDE_BY_SIDE or any(need >= first for need in self.plan.operations[index].needs):
                break
            segment.append((index, verbs))
        return segment or [compiled[position]]

    def _perform_copies(self, segment: list[Compiled], on_error: OnError) -> bool:
        """Perform first verbs side by side; journal what was made; only then go on: a copy gets its name, a source is set aside."""
        ready = [(index, verbs) for index, verbs in segment if self._ready(index)]
        broken = threading.Event()

        def copy(compiled: Compiled) -> Performed:
            if broken.is_set() or self.cancel.is_set():
                return False
            if self.failing.bars(self.plan.operations[compiled[0]]):
                return None
            try:
                return self.hands.perform(compiled[1][0], compiled[0]) or True
            except JournalError:
                broken.set()
                raise
            except OSError as error:
                if on_error != "continue":
                    broken.set()
                else:
                    self.failing.note(self.plan.operations[compiled[0]], error, first=True)
                return error

        if self.jobs == 1 or len(ready) == 1:
            results = [copy(one) for one in ready]
        else:
            with ThreadPoolExecutor(self.jobs, thread_name_prefix="copy") as pool:
                results = list(pool.map(copy, ready))
        fresh = []
        for (index, _), made in zip(ready, results, strict=True):
            if isinstance(made, Made):
                self.made[index] = replace(made, op=index)
                fresh.append(self.made[index])
        self.journal.write(_made_files(fresh))
        self.journal.sync()
        return self._publish_copies(ready, results, on_error)

    def _publish_copies(self, ready: list[Compiled], results: list[Performed], on_error: OnError) -> bool:
        went_on = True
        for (index, verbs), made in zip(ready, results, strict=True):
            if made is None:
                self._leave_out(index, self.failing.bars(self.plan.operations[index]))
            elif isinstance(made, OSError):
                self._fail(index, verbs, 0, made, on_error)
                went_on = went_on and on_error == "continue"
            elif made is False:
                went_on = False
            elif not went_on:
                self._take_back(index, verbs, 1)
            elif not self._perform_rest(index, verbs, 1, on_error):
                went_on = on_error == "continue"
        return went_on

    # What goes wrong.

    def _fail(self, index: int, verbs: Sequence[Verb], performed: int, error: OSError, on_error: OnError) -> None:
        code, hint = advice(error)
        what = getattr(error, "what", None) or error.strerror or str(error)
        operation = self.plan.operations[index]
        made = (each.makes for each in self.plan.operations if each.makes)
        if performed < len(verbs) and (refused := refusal(self.stores, verbs[performed], error, made)) is not None:
            code, what, hint = refused
        root = self.failing.look(operation, error, first=performed == 0) if on_error == "continue" else ""
        place = error.filename if isinstance(error, DriftedError) else operation.makes or operation.frees or ""
        why = f"{printable(str(place))} {error.strerror}." if isinstance(error, DriftedError) else told_of(operation, code, what)
        self._take_back(index, verbs, performed)
        if root:
            self.failing.behind_of(index, root)
            if not self.failing.tells(root):
                self.failing.leave_out(index, root)
                return
        self._tell(index, failed_step(code, printable(why), str(place), hint))
        self.journal.write(Failed(index, code, printable(why), printable(str(place)), hint))

    def _fallen(self, root: str) -> None:
        """Tell of a root that is not what it was planned on any more."""
        self.failing.tells(root)
        self._broken(self.failing.fallen(root))

    def _broken(self, error: OSError) -> None:
        """Tell of what failed between operations, such as the syncing of a folder: how each of them stands is known still."""
        code, hint = advice(error)
        place = printable(str(error.filename or ""))
        problem = Problem(code, "A folder could not be looked at or synced.", f"{place}: {error.strerror or error}.", place, hint)
        self.failures.append(problem)
        self.journal.write(Failed(-1, code, problem.detail, place, hint))
        self.emit(OperationFailed(-1, problem))

    def _take_back(self, index: int, verbs: Sequence[Verb], performed: int) -> None:
        trouble = take_back_verbs(self.hands, verbs[:performed], self.made.get(index), verbs)
        self.stands[index] = LEFT_OUT if trouble is None else UNSURE
        if trouble is not None:
            self._tell(index, trouble)

    def _tell(self, index: int, problem: Problem) -> None:
        self.failures.append(problem)
        if problem.severity == "error":
            self.failed[index] = problem
        self.emit(OperationFailed(index, problem))

    def remember(self, index: int, made: Made) -> None:
        """Keep the identity of what was made in one step; journaled with the batch's `done`, and told by looking until then.

        What an operation made first is what it is known by: a delete marker put down afterwards only adds its version.
        """
        known = self.made.get(index)
        self.made[index] = replace(known, version=made.version) if known is not None else replace(made, op=index)
        self.journal.write(_made_files([self.made[index]]))

    def _uploading(self, op: int, foreign: Sequence[str]) -> None:
        """Journal, durably, that an upload in parts is about to begin."""
        with self._journaling:
            self.journal.write(Uploading(op, list(foreign)))
            self.journal.sync()

    def _copied(self, count: int) -> None:
        with self._counting:
            self.copied_bytes += count
            copied = self.copied_bytes
        self.emit(Progress(self._reached, copied))

    def look_anew(self) -> None:
        """Forget what was seen of folders and witnesses: somebody else may have moved or changed them."""
        self.hands.witnesses.forget()
        self.folders.look_anew()


def _made_files(made: Sequence[Made]) -> MadeFiles:
    versions = {one.op: one.version for one in made if one.version}
    return MadeFiles([(one.op, one.ino, one.size, one.mtime_ns, one.hash) for one in made], versions)
