"""Files and folders that are never seen half-written, and what may be written where."""
