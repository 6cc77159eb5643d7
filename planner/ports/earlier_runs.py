"""What planning and scanning may ask of what runs did before."""

from reshelve.planner.ports.copied_before import CopiedBefore, nothing_copied
from reshelve.planner.ports.filed_before import FiledBefore, nothing_known
from reshelve.schemas.quick_dataclasses import dataclass


@dataclass(slots=True, frozen=True)
class EarlierRuns:
    """What runs did: `filed` tells of a target what was filed there and where it may be now, `brought` the same of a source.

    `copied` tells of a place what was copied there last. By itself nothing is known of any run.
    """

    filed: FiledBefore = nothing_known
    brought: FiledBefore = nothing_known
    copied: CopiedBefore = nothing_copied


NO_RUNS = EarlierRuns()
