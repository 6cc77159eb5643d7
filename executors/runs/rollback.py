"""A run taken back: what it did, last first, in synced batches, and the times of the folders it touched."""

from collections.abc import Sequence

from reshelve.executors.runs.batch_sizes import Pace
from reshelve.executors.runs.run_events import OperationFailed, RollingBack
from reshelve.executors.runs.run_execution import DONE, LEFT_OUT, RENAMES, TO_DO, UNSURE, Compiled, Execution, plain_renames
from reshelve.executors.verbs.reversed_verbs import take_back_verbs
from reshelve.schemas.journal_records import Undoing, Undone
from reshelve.schemas.locations import TRASH
from reshelve.schemas.verbs import Rename, Verb


def backwards(execution: Execution) -> None:
    """Take back every operation that stands done. What cannot be taken back is left as it is, and stands unsure.

    After a kill at any point `recover` goes on from there.
    """
    plan, journal = execution.plan, execution.journal
    journal.write(Undoing(execution.hands.returned.unwritten(enumerate(plan.operations))))
    journal.sync()
    indices = [index for index in range(len(plan.operations) - 1, -1, -1) if execution.stands[index] == DONE]
    for start, until in Pace().steps(len(indices)):
        execution.emit(RollingBack(len(indices) - start))
        execution.look_anew()
        batch = [(index, plan.operations[index].verbs(plan.run, index)) for index in indices[start:until]]
        touched = execution.folders.of(batch)
        execution.folders.note(touched)
        journal.sync()
        position = 0
        while position < len(batch):
            done = _rename_back(execution, batch[position : position + RENAMES])
            if not done:
                _take_back(execution, *batch[position])
            position += done or 1
        execution.folders.sync(touched)
        journal.write(Undone(batch[-1][0]))
    journal.sync()
    for index, stands in enumerate(execution.stands):
        if stands == LEFT_OUT:
            execution.stands[index] = TO_DO


def _rename_back(execution: Execution, batch: Sequence[Compiled]) -> int:
    """Take back the first of these operations as far as they are plain renames between one pair of roots; return how many.

    What ends that early is taken back, and told, by itself; so is what was in a trash folder.
    """
    done = plain_renames(batch, lambda _, verb: TRASH in verb.src or TRASH in verb.dst)
    verbs = [Rename(verb.dst, verb.src, verb.size, verb.mtime_ns, verb.ino) for verb in done]
    count = execution.hands.rename_many(verbs)
    for (index, _), verb in zip(batch[:count], verbs, strict=False):
        execution.hands.letting_go.put_back(verb.dst)
        execution.stands[index] = TO_DO
    return count


def _take_back(execution: Execution, index: int, verbs: Sequence[Verb]) -> None:
    trouble = take_back_verbs(execution.hands, verbs, execution.made.get(index), verbs)
    execution.stands[index] = TO_DO if trouble is None else UNSURE
    if trouble is not None:
        execution.failures.append(trouble)
        execution.emit(OperationFailed(index, trouble))
