"""Several models, or one model on several columns of texts, as one classifier: how much each has to do with it."""
