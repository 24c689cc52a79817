"""What gives a text's label away without its meaning: words, lengths, copies; and the concepts that carry it."""
