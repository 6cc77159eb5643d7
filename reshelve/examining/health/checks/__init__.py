"""The health checks, one module each; `health_check_list` has the list of them."""
