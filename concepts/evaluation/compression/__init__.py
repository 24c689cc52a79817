"""How small tokens may be: codes compared by bytes, by recall, and by what becomes of a report."""
