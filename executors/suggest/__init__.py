"""Asking language models: the providers, how patiently they are asked, and what they answered, remembered."""
