"""How things stand around a session: what `status` shows, what `doctor` finds, and a trial of the model."""
