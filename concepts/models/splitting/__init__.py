"""The split f = h ∘ g of a model at a layer, and which layers can be split at."""
