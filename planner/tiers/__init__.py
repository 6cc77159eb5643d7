"""Tiers: where whole projects stand, which of them are due for another tier, and the layout entries that bring them there."""
