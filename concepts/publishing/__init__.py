"""Publishing of reports: tables, notebooks, static sites."""
