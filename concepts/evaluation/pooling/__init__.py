"""Ways to pool a text's tokens, compared on the same texts and folds."""
