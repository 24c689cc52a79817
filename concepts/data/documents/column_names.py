"""The names that columns of texts, labels and ids usually have."""

import re

TEXTS = frozenset((
    "text", "sentence", "content", "review", "question", "document", "body", "message", "comment", "tweet", "post",
    "utterance", "prompt", "passage", "paragraph", "abstract", "statement", "article", "sms", "excerpt", "query",
    "headline", "title", "description", "texte", "texto", "testo", "satz", "frase", "phrase",
))  # fmt: skip
LABELS = frozenset((
    "label", "labels", "class", "class_name", "classname", "label_name", "category", "target", "class_id",
    "class_index", "label_id", "label_index", "label_text", "sentiment", "topic", "intent", "polarity", "gold", "y",
    "etikett", "klasse", "etiqueta", "classe",
))  # fmt: skip
IDS = frozenset((
    "id", "ids", "uid", "uuid", "guid", "key", "name", "file", "filename", "file_name", "path", "doc_id", "docid",
    "document_id", "text_id", "sentence_id", "review_id", "message_id", "item_id", "row_id", "example_id",
))  # fmt: skip
KNOWN = TEXTS | LABELS | IDS


def plain_name(name: str) -> str:
    """A column's name for comparisons: lower case, spaces and hyphens as underscores."""
    return re.sub(r"[\s\-_]+", "_", name.casefold().strip())
