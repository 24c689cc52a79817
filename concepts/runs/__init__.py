"""All classes in one run: a report each, made by any number of processes, then the site and the atlas."""
