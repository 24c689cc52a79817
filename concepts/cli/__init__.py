"""The commands of `python -m concepts`, one a file: what it takes (`add`), what it does, what it prints."""
