"""The split f = h ∘ g of a model at a layer, and the layers that can be split at."""
