"""A whole analysis: the request, its cost estimate, and the jobs that run it."""
