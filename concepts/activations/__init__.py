"""What a model says inside: activations of a dataset, in batches, on disk, as rows."""
