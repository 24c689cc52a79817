"""What pages ask of a stored report: computed here, from NumPy arrays, so that pages only show it."""
