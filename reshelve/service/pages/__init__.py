"""The pages of the service: what the handlers answer, for people."""
