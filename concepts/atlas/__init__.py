"""Concepts of many reports of one model in one space: what is alike, where each lies on a plane."""

from concepts.atlas.links import ConceptLink, ConceptLinks
from concepts.atlas.member import Member
from concepts.atlas.spaces import Space, spaces_of

__all__ = ["ConceptLink", "ConceptLinks", "Member", "Space", "spaces_of"]
