"""Class reports as a static site: gallery, search, a page per class, a page per concept, a map of all concepts."""

from concepts.publishing.site.build import SiteSummary, build_site

__all__ = ["SiteSummary", "build_site"]
