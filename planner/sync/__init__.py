"""Sync: two or more people share a project's files by way of a bucket. Decided on values alone; entries as any other come of it."""
