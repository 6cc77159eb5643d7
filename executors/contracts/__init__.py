"""The contracts of stores: what folders and buckets can be asked and told, and what each promises."""
