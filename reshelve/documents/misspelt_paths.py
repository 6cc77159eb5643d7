"""Paths of stores that may be misspelt, each at its line of the document: no folder is there, and one of nearly that name is."""

from collections.abc import Iterator
from dataclasses import replace

from reshelve.opening import store_folders
from reshelve.opening.disk_memory import others_than
from reshelve.opening.missing_folders import meant_for
from reshelve.opening.wiring import Setting, declared_paths, missing_roots
from reshelve.schemas.consent_needs import LOCAL
from reshelve.schemas.documents.layout_checks import Fault
from reshelve.schemas.documents.schema_diagnostics import problems
from reshelve.schemas.documents.source_lines import WRITTEN, read_bytes
from reshelve.schemas.locations import store_of
from reshelve.schemas.problems import Problem, sentence


def misspelt_paths(setting: Setting) -> Iterator[Problem]:
    """Yield a warning for each store's path at which no folder stands or ever stood, where one beside it may have been meant."""
    if setting.file is None:
        return
    ways, declared = store_folders.steps(setting.workspace), declared_paths(setting)
    for root in missing_roots(setting):
        # Nothing is to be said of a disk that a run saw there.
        if root.remedy and meant_for(root.path, others_than(root.key, declared)):
            own = f"stores.{store_of(root.key)}" in setting.overlaid
            file = setting.file.with_name(LOCAL) if own else setting.file
            fault = Fault(ways[root.key], "store-unavailable", "A store is not available.", f"{sentence(root.why)}.", root.remedy)
            yield from (replace(one, severity="warning") for one in problems([fault], read_bytes(file, WRITTEN), str(file)))
