"""A classifier by name, file or factory: its weights, class names, transform and card."""
