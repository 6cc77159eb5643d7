"""The kinds of bundles: a file each, and one table. A kind tells from names which files of a medium its tools keep together."""

from reshelve.planner.bundles.kinds.books import BOOKS
from reshelve.planner.bundles.kinds.camera_clips import CLIPS
from reshelve.planner.bundles.kinds.generated import GENERATED
from reshelve.planner.bundles.kinds.gopro_chapters import GOPRO
from reshelve.planner.bundles.kinds.karaoke import KARAOKE
from reshelve.planner.bundles.kinds.kind_contract import Kind
from reshelve.planner.bundles.kinds.photos import PHOTOS
from reshelve.planner.bundles.kinds.recorder_takes import TAKES
from reshelve.planner.bundles.kinds.red_segments import RED

KINDS: tuple[Kind, ...] = (RED, GOPRO, CLIPS, GENERATED, BOOKS, PHOTOS, TAKES, KARAOKE)
"""Every kind, in the order in which they may claim a file. What none claims is looked at as a film's, a show's or an album's."""
