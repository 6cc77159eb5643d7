"""Wants: what a layout asks for, bound to what was observed, on a tree of what the plan takes and brings."""
