"""What stands only in the trash when a run ends, or may: each is told, with where it lies and what brings it back."""

from collections.abc import Iterator

from reshelve.executors.contracts.changed_since_plan import DriftedError
from reshelve.executors.runs.run_execution import DONE, UNSURE, Execution
from reshelve.schemas.locations import in_trash, printable, split
from reshelve.schemas.operations import Trash
from reshelve.schemas.problems import Problem
from reshelve.schemas.verbs import Confirm, Rename

_NOT_REPLACED = "It went to the trash to be replaced, and nothing took its place"


def only_in_trash(execution: Execution, *, settled: bool, recovering: bool) -> list[Problem]:
    """Tell of each thing in this run's trash whose other copy is gone or damaged by now, or that could not be put back.

    So it does of each that went for something that did not come. While `recovering` the copies are read again: time has passed
    since they were looked at. Nothing is changed.
    """
    told = [
        _problem(execution, index, why, settled=settled)
        for index, operation in enumerate(execution.plan.operations)
        if isinstance(operation, Trash)
        for why in _why(execution, index, operation, recovering=recovering)
    ]
    told += [_problem(execution, index, _NOT_REPLACED, settled=settled) for index in _not_replaced(execution)]
    return told + list(_went_again(execution))


def _not_replaced(execution: Execution) -> Iterator[int]:
    """Yield the operations that put something into the trash whose place nothing came to."""
    operations, stands = execution.plan.operations, execution.stands
    if DONE not in stands:
        return
    for index, operation in enumerate(operations):
        if stands[index] in (DONE, UNSURE) or operation.makes is None:
            continue
        for need in operation.needs:
            before = operations[need]
            if isinstance(before, Trash) and stands[need] == DONE and before.src == operation.makes:
                yield need


def _went_again(execution: Execution) -> Iterator[Problem]:
    """Tell what this run took out of a trash and put back there, with nothing to tell whether it was changed in between."""
    places = execution.hands.returned.untold
    if places:
        those = printable(places[0]) + (f" and {len(places) - 1:,} more" if len(places) > 1 else "")
        detail = f"{those}: back in the trash, where this run had taken it from. Whether it was changed in between cannot be told."
        hint = "If somebody was at work there, look at what is in the trash: reshelve trash list"
        yield Problem("only-in-trash", "A file may be in the trash only.", detail, places[0], hint, severity="warning")


def _why(execution: Execution, index: int, operation: Trash, *, recovering: bool) -> Iterator[str]:
    stands = execution.stands[index]
    if stands != UNSURE and not (stands == DONE and recovering and operation.witnesses):
        return
    verbs = operation.verbs(execution.plan.run, index)
    lies = next((verb.dst for verb in verbs if isinstance(verb, Rename)), "")
    if not lies or not in_trash(split(lies)[1]):
        return
    try:
        if execution.hands.seen(lies) is None:
            return
        if stands == UNSURE:
            yield f"It is in the trash, at {printable(lies)}"
            return
        for verb in verbs:
            if isinstance(verb, Confirm) and verb.gone:
                execution.hands.witnesses.expect_held(verb)
    except DriftedError as error:
        yield f"{printable(str(error.filename))} {error.strerror}. What went for it is in the trash, at {printable(lies)}"
    except OSError as error:
        yield f"Its other copy cannot be looked at ({error.strerror}). It is in the trash, at {printable(lies)}"


def _problem(execution: Execution, index: int, why: str, *, settled: bool) -> Problem:
    plan = execution.plan
    hint = f"Bring it back with: {plan.restoring(index)}" if settled else f"Once the run is settled: {plan.restoring(index)}"
    return Problem("only-in-trash", "A file may be in the trash only.", f"{why}.", plan.origin(index), hint, severity="warning")
