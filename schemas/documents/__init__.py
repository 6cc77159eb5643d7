"""Documents as they come in and go out: YAML and JSON, read as input from a stranger, written canonically."""
