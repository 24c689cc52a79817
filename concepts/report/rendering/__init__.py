"""A report as pictures, sentences and one HTML file."""
