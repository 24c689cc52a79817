"""A model's activations on a dataset: in batches, on disk, as rows."""
