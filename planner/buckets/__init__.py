"""What is particular to buckets: storage classes, thaws, lifecycle rules, policies, and routes in and out."""
