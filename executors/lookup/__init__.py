"""Databases of films and shows: how each is asked, and what they answered, remembered with its date."""
