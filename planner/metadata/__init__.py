"""What files say of themselves beside their names: which facts, of which media, and how they join what names say."""

from reshelve.planner.metadata.media_facts import FACTS, level
from reshelve.planner.ports.file_facts import MetadataReader

__all__ = ["FACTS", "MetadataReader", "level"]
