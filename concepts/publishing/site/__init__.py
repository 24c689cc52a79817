"""Class reports as a static site: gallery, search, a page a class, a page a concept, a map of all."""

from concepts.publishing.site.build import SiteSummary, build_site

__all__ = ["SiteSummary", "build_site"]
