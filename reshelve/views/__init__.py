"""Views: values in, text out. Nothing here decides, and nothing here knows about commands."""
