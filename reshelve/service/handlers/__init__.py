"""The handlers: values in, values out, over sessions. None of them knows HTTP."""
