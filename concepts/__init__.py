"""Concepts of neural networks. What comes with the program, the demo, registers its names here."""

from concepts.demo.sources import register

register()
