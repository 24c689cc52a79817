"""What lies beside the results of a kind, in folders that no listing of them shows."""

OWNERS = ".owners"  # whose they are
LISTS = ".lists"  # of the photos that the reports of a run are on, where the model's answers chose them
HIDDEN = (OWNERS, LISTS)
