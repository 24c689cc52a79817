"""The ways to make one vector of a text's tokens, by name, with what they are."""

POOLINGS = {
    "first": "the first token, such as [CLS]",
    "last": "the last token",
    "mean": "the mean of all tokens",
    "max": "the largest value of each channel over the tokens",
    "attention": "the mean of all tokens, weighted by the attention that each receives in the last layer",
    "layers": "the mean of all tokens, and of the last four layers",
}
