"""Language models that are read at every layer (logit lens).

Imports are lazy: what a name could be is asked without torch.
"""

from typing import TYPE_CHECKING

from concepts.late_imports import late_imports

if TYPE_CHECKING:
    from concepts.models.lens.lens import LayerLens
    from concepts.models.lens.opening import open_lens
else:
    __getattr__ = late_imports(__name__, {"lens": ("LayerLens",), "opening": ("open_lens",)})


__all__ = ["LayerLens", "open_lens"]
