"""Reports for others: tables, notebooks, static sites."""
