"""What a process that goes on with a run knows of what that brought out of a trash folder: from the journal, and by looking."""

from collections.abc import Iterator, Sequence

from reshelve.executors.runs.run_execution import Execution
from reshelve.executors.verbs.returned_files import comes_back
from reshelve.schemas.journal_records import Done, Record, Undoing
from reshelve.schemas.locations import TRASH
from reshelve.schemas.operations import Link, Move
from reshelve.schemas.verbs import Rename


def recall(execution: Execution, records: Sequence[Record], begun: int) -> None:
    """Find out which of it is as the run left it, before anything is changed: times of folders tell it, too."""
    operations = execution.plan.operations
    journaled = {
        operations[index].frees or "": ctime_ns
        for record in records
        if isinstance(record, Done | Undoing)
        for index, ctime_ns in record.returned.items()
        if index < len(operations)
    }
    links = any(isinstance(each, Link) or (isinstance(each, Move) and each.linked_to) for each in operations)
    execution.hands.returned.recall(_returning(execution, begun), journaled, links=links)


def _returning(execution: Execution, begun: int) -> Iterator[Rename]:
    plan = execution.plan
    for index, operation in enumerate(plan.operations[:begun]):
        if TRASH in (operation.frees or ""):
            for verb in operation.verbs(plan.run, index):
                if isinstance(verb, Rename) and comes_back(verb):
                    yield verb
