"""A run taken back: what it did, last first, in synced batches, and the times of the folders it touched."""

from reshelve.executors.runs.batch_sizes import Pace
from reshelve.executors.runs.run_events import OperationFailed, RollingBack
from reshelve.executors.runs.run_execution import DONE, LEFT_OUT, TO_DO, UNSURE, Execution
from reshelve.executors.verbs.reversed_verbs import take_back_verbs
from reshelve.schemas.journal_records import Undoing, Undone


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
        for index, verbs in batch:
            trouble = take_back_verbs(execution.hands, verbs, execution.made.get(index), verbs)
            execution.stands[index] = TO_DO if trouble is None else UNSURE
            if trouble is not None:
                execution.failures.append(trouble)
                execution.emit(OperationFailed(index, trouble))
        execution.folders.sync(touched)
        journal.write(Undone(batch[-1][0]))
    journal.sync()
    for index, stands in enumerate(execution.stands):
        if stands == LEFT_OUT:
            execution.stands[index] = TO_DO
