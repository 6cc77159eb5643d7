"""The stores: each implements the verbs, and all pass one contract suite."""
