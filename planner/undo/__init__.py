"""Taking a run back: what it did, held against what stands now, as an ordinary plan.

`plan` puts it together; `steps` has the inverse of each operation, on the `tree` of what stands where by then.
"""
