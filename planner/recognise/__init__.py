"""Recognising: from names to facts, each with its source."""

from reshelve.planner.recognise.extension_tables import MediaType, is_partial, media_type, partial_suffixes
from reshelve.planner.recognise.name_reading import Reading, Recogniser
from reshelve.planner.recognise.recogniser import NameRecogniser

__all__ = ["MediaType", "NameRecogniser", "Reading", "Recogniser", "is_partial", "media_type", "partial_suffixes"]
