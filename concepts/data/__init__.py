"""What a model is asked about: datasets, and where they come from."""
