"""Class reports as a static site: gallery, search, a page a class, a page a concept, a map of all."""

from concepts.publishing.site.build import Built, build_site

__all__ = ["Built", "build_site"]
