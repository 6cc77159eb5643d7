"""Recognising: from names to facts, each with its source."""

from reshelve.planner.recognise.names import NameRecogniser
from reshelve.planner.recognise.reading import Reading, Recogniser
from reshelve.planner.recognise.tables import MediaType, is_partial, media_type, partial_suffixes

__all__ = ["MediaType", "NameRecogniser", "Reading", "Recogniser", "is_partial", "media_type", "partial_suffixes"]
