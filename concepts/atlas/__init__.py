"""Concepts of many reports of one model in one space: what is alike, where each lies on a plane."""

from concepts.atlas.member import Member
from concepts.atlas.spaces import ConceptLink, Space, spaces_of

__all__ = ["ConceptLink", "Member", "Space", "spaces_of"]
