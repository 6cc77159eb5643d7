"""Taking a run back: what it did, held against what stands now, as an ordinary plan.

`undo_plan` puts it together; `inverse_operations` has the inverse of each operation, on the `undo_tree`
of what stands where by then.
"""
