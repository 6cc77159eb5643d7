"""The diff: what each want comes to, what stands in its way, and the operations in their order."""
