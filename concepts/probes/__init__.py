"""Questions put to a model with the user's own texts, changed a little: does the answer turn, which concepts move?"""
