"""Text classifiers and language models of the user's own code: `path/to/file.py:factory`."""

from torch import nn

from concepts.models.classifiers.factory import run_factory
from concepts.models.classifiers.loading import seeded
from concepts.models.text.own_language_model import open_asked_network
from concepts.models.text.own_network import open_network
from concepts.models.text.pipelines import is_pipeline, open_pipeline
from concepts.models.text.sources import TextOptions
from concepts.models.text.split import TextSplit


def open_own(name: str, options: TextOptions) -> TextSplit:
    """The split of what a factory returns: a fitted scikit-learn pipeline, or a torch module with `tokenize`.

    With a question or answers the module is a language model (`own_language_model`).
    Raises ValueError for a factory that fails (with its line), and for another type.
    """
    options.check_unused(name, "texts", "labels")
    is_asked = options.question is not None or options.answers is not None
    with seeded(options.seed):
        made, module, path = run_factory(name)
    if isinstance(made, nn.Module) and is_asked:
        return open_asked_network(made, name, options, module=module, source=path)
    options.check_unused(name, "question", "answers")
    if isinstance(made, nn.Module):
        return open_network(made, name, options, module=module, source=path)
    if is_pipeline(made):
        return open_pipeline(made, name, options, module=module, source=path)
    raise ValueError(
        f"{name!r} returned {type(made).__name__}, expected a torch.nn.Module with a function tokenize, "
        "or a fitted scikit-learn Pipeline"
    )
