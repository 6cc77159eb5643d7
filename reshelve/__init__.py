"""reshelve: declare where every media file belongs, read the plan, apply it, take it back."""

__version__ = "0.1.0"
