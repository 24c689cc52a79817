"""The demo's texts and text networks open by name, and fit each other."""

import pytest
import torch

from concepts.data.sources import DATA_SOURCES
from concepts.demo.names import DEMO_TEXTS, REVIEWS, VILLAGE
from concepts.demo.texts.network import load_text_classifier
from concepts.models.splitting.layers import NOT_NEGATIVE
from concepts.models.text import open_text_model


@pytest.mark.parametrize("name", DEMO_TEXTS)
def test_a_demo_network_is_split_exactly_and_reads_the_demo_s_texts(name, tmp_path):
    split, texts = open_text_model(name), DATA_SOURCES.opener(name)(name, tmp_path, None)
    chosen = [texts.open(i) for i in range(0, len(texts), len(texts) // 20)]
    classifier = load_text_classifier(name)
    features = split.encode_texts(chosen)
    torch.testing.assert_close(features, classifier.features(chosen))
    torch.testing.assert_close(split.head(features), classifier.logits(chosen))
    assert split.sign == NOT_NEGATIVE
    assert (split.layer, split.removals) == ("linear", ("delete", "mask", "hide"))
    labels = texts.labels(split.card.class_names)
    assert None not in labels
    right = split.head(split.encode_texts([texts.open(i) for i in range(len(texts))])).argmax(dim=1) == torch.tensor(
        labels
    )
    assert right.float().mean() > 0.92


def test_some_classes_can_be_opened_alone_and_options_are_refused(tmp_path):
    texts = DATA_SOURCES.opener(VILLAGE)(VILLAGE, tmp_path, ["harbour"])
    assert set(texts.groups) == {"harbour"}
    with pytest.raises(ValueError, match="does not use class_names"):
        open_text_model(REVIEWS, class_names=["a", "b"])
