"""The stages of a report, from activations to its tables."""
