"""The commands of `python -m concepts`, one per file: options (`add`), action (`run`), output."""
