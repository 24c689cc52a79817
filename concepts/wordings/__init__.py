"""The words of a concept, how well they describe it, and where in a text it stands: strings and NumPy arrays.

A concept is active in a text where its code is above 0, unless the caller says otherwise. Each score has its control
beside it: the same figure for a random direction of equal length, or for random texts.
"""
