"""Real S3 services, on this machine's loopback only, each started once for a whole test run."""
