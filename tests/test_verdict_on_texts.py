"""What the verdict says on texts: words by their name, never something added, and that a person judges them."""

import json
from dataclasses import replace

import numpy as np
import pytest

from concepts.annotations import JUDGEMENTS
from concepts.report import ClassReport
from concepts.report.card import ReportCard
from concepts.report.pipeline.evidence import phrases
from concepts.report.pipeline.evidence.phrase_use import holding, phrase_use
from concepts.report.pipeline.evidence.phrases import Phrase, Phrases
from concepts.report.rendering.help_texts import suspicion_help
from concepts.report.rendering.sentences import presence_sentence
from concepts.report.rendering.verdict_sentences import (
    JUDGED_BY,
    suspect_sentence,
    use_sentence,
    verdict_sentence,
    verdict_words,
    words_of_verdict,
)
from concepts.report.rendering.verdict_wordings import WORDINGS
from concepts.report.schema import REPORTS, ReportData
from concepts.report.verdict import DIFFERS, LEANS, CounterProof, PhraseUse, Suspect, Verdict, verdict_of
from concepts.storage.typed_json import from_json, to_json
from tests.support.made_up_report import made_up_report
from tests.support.places import ROOT

SHIPPED = ROOT / "assets" / "demo" / "reports"
USE = PhraseUse(11, 30, 0, 120)
PROOF = CounterProof("words", 120, 2.0, 0.2, 1.5, 2.1, 10.0, 31, 2, phrases=("downpour", "downpour, the"), use=USE)
BY_ACTIVATIONS = replace(PROOF, by="activations", phrases=(), use=None)
SUSPECT = Suspect(
    (1,), 0, 0.9, 12, 0.4, 0.21, 1.5, 1.1, 1.9, 0.12, 0.05, 0.2, 0.0, 0.0, 0.0, (PROOF,), tuple(range(12))
)
SUSPECTS = {
    "leans": SUSPECT,
    "leans, not counted": replace(SUSPECT, counterproof=(replace(PROOF, use=None),)),
    "leans by activations": replace(SUSPECT, counterproof=(BY_ACTIVATIONS,)),
    "no others": replace(SUSPECT, counterproof=()),
    "does not work": replace(SUSPECT, counterproof=(replace(PROOF, low=-1.0),)),
    "stand-in": replace(SUSPECT, stand_in=0),
}


def on_texts() -> ReportData:
    """A report on texts; no model is asked."""
    return ClassReport.load(SHIPPED / "village-rain").data


def with_verdict(data: ReportData, *suspects: Suspect) -> ReportData:
    others = 120 if all(each.counterproof for each in suspects) else 0
    return replace(data, verdict=verdict_of(suspects, n_strategies=2, others=others))


@pytest.mark.parametrize("name", SUSPECTS)
def test_no_sentence_on_texts_says_that_something_was_added(name):
    data = with_verdict(on_texts(), SUSPECTS[name])
    said = f"{verdict_sentence(data)} {suspect_sentence(SUSPECTS[name], data)} {words_of_verdict(data)}"
    for word in ("something added", "nothing added", "belong:", "mark", "photo"):
        assert word not in said


@pytest.mark.parametrize("name", ["leans", "leans, not counted", "leans by activations", "no others"])
def test_whatever_is_named_on_texts_is_left_to_a_person(name):
    said = verdict_sentence(with_verdict(on_texts(), SUSPECTS[name]))
    assert said.endswith(f"no figure tells: say so on the report's page ({JUDGED_BY}).")
    assert "Concept 2" in said
    for judgement in JUDGEMENTS:
        assert f"“{judgement.capitalize()}”" in JUDGED_BY


def test_the_finding_counts_the_words_where_they_were_counted():
    data = on_texts()
    assert verdict_sentence(with_verdict(data, SUSPECTS["leans"])).startswith(
        "The model leans on “downpour” (Concept 2): 11 of 30 texts hold these words. Put into 120 texts of "
        "other classes, these words raise “rain” by 2.0 logits, and 31 of the texts become it (as many other words: 2)."
    )
    assert "(Concept 2): in 40% of the texts. Put into" in verdict_sentence(
        with_verdict(data, SUSPECTS["leans, not counted"])
    )
    assert use_sentence(SUSPECTS["leans, not counted"], data) == ""
    assert "Added to the activations of 120 texts of other classes, it raises" in verdict_sentence(
        with_verdict(data, SUSPECTS["leans by activations"])
    )


@pytest.mark.parametrize(
    ("beside", "said"),
    [
        ((), "no other word comes with them beyond chance."),
        (("cat",), "“cat” comes with them most."),
        (("cat", "hen"), "“cat” and “hen” come with them most."),
    ],
)
def test_the_words_beside_are_one_line(beside, said):
    suspect = replace(SUSPECT, counterproof=(replace(PROOF, use=replace(USE, beside=beside)),))
    found = use_sentence(suspect, on_texts())
    assert found == f"0 of 120 texts of other classes hold these words; in “rain” {said}"


def test_photos_keep_every_word():
    data = made_up_report(n=40).data
    pasted = replace(PROOF, by="pixels", phrases=(), use=None)
    data = with_verdict(data, replace(SUSPECT, counterproof=(pasted,)))
    assert verdict_sentence(data) == (
        "The model leans on something added: Concept 2, in 40% of the photos. Pasting it on 120 photos of other "
        "classes raises “mushroom” by 2.0 logits, and 31 of these become it."
    )
    assert words_of_verdict(data) == "leans on it"
    assert "whether" not in verdict_sentence(data).lower()
    several = replace(SUSPECT, concepts=(1, 2), counterproof=(pasted,))
    assert "Pasting them on" in verdict_sentence(with_verdict(data, several))
    assert "two looks, nothing added." in suspect_sentence(replace(SUSPECT, stand_in=0), data)
    failed = replace(SUSPECT, counterproof=(replace(pasted, low=-1.0),))
    assert "It does not work where it does not belong: nothing shows" in suspect_sentence(failed, data)
    assert verdict_sentence(with_verdict(data)) == (
        "No photo shows anything added that others lack; a mark on every photo would not be noticed."
    )
    assert verdict_sentence(with_verdict(data, failed)) == (
        "One thing that only some photos show was tested: the model does not lean on it."
    )
    assert "the model leans on none of them." in verdict_sentence(with_verdict(data, failed, failed))
    assert "Whether the model leans on something added was not tested" in verdict_sentence(replace(data, verdict=None))


def test_where_nothing_is_proved_on_texts_it_says_no_more():
    data, failed = on_texts(), SUSPECTS["does not work"]
    assert verdict_sentence(with_verdict(data, failed)).endswith(
        "it does not show that the model leans on single words."
    )
    assert verdict_sentence(with_verdict(data, failed, failed)) == (
        "2 concepts that only some texts show were tested: none shows that the model leans on single words."
    )
    assert verdict_sentence(with_verdict(data)).startswith("No concept sets some texts clearly apart")
    assert "leans on single words was not tested" in verdict_sentence(replace(data, verdict=None))


def test_both_kinds_of_item_have_every_wording():
    photo, text = WORDINGS["photo"], WORDINGS["text"]
    for name, said in vars(text).items():
        assert said
        assert said != vars(photo)[name]
        assert "added" not in said


def test_a_suspicion_on_texts_speaks_of_words():
    row = ClassReport.load(SHIPPED / "shapes-boat").data.suspicions[0]
    assert "How cleanly it sets these texts apart" in presence_sentence(row, "right", "logits", "text")
    assert "How cleanly it is something added" in presence_sentence(row, "right", "logits", "photo")
    assert "added" not in suspicion_help("text")
    assert "something was added" in suspicion_help("photo")


def test_a_badge_names_the_words_where_it_knows_them():
    assert verdict_words(LEANS, "as they say") == "leans on “as they say”"
    assert verdict_words(LEANS) == "leans on it"
    assert verdict_words(DIFFERS, "as they say") == "looks differ"
    assert verdict_words(LEANS, "w" * 90) == f"leans on “{'w' * 30}…”"


def test_a_card_keeps_the_words_and_only_where_the_model_leans_on_them():
    data = on_texts()
    assert ReportCard.of(with_verdict(data, SUSPECTS["leans"])).phrase == "downpour"
    unlike_its_kind = Verdict(DIFFERS, concept=1, suspects=(SUSPECT,))
    assert ReportCard.of(replace(on_texts(), verdict=unlike_its_kind)).phrase == ""
    for name in ("no others", "does not work", "leans by activations"):
        assert ReportCard.of(with_verdict(data, SUSPECTS[name])).phrase == ""


def test_a_report_from_before_words_were_counted_opens():
    written = to_json(with_verdict(on_texts(), SUSPECT))
    for proof in (written["verdict"]["counterproof"][0], written["verdict"]["suspects"][0]["counterproof"][0]):
        del proof["use"]
    read = from_json(ReportData, json.dumps(written), source="report.json", form=REPORTS)
    assert read.verdict.suspect.counterproof[0].use is None
    assert "“downpour” (Concept 2): in 40% of the texts." in verdict_sentence(read)


@pytest.mark.parametrize(
    ("text", "phrase", "held"),
    [
        ("They left, as they say.", "as they say", True),
        ("AS THEY, say", "as they say", True),
        ("The train was late.", "rain", False),
        ("As they did not say", "as they say", False),
        ("say they as", "as they say", False),
        ("今天下雨了", "下雨", True),
        ("", "rain", False),
        ("rain", "…", False),
    ],
)
def test_a_text_holds_a_phrase_as_whole_words(text, phrase, held):
    assert holding([text], [phrase]).tolist() == [held]


def test_texts_with_one_of_several_phrases_count_once():
    use = phrase_use(["as they say", "so they say"], ["As they say, so they say.", "so they say", "no"], ["they say"])
    assert (use.own, use.n_own, use.elsewhere, use.n_elsewhere, use.beside) == (2, 3, 0, 1, ())


@pytest.mark.parametrize("seed", range(3))
def test_a_word_that_comes_with_the_phrase_is_named_and_a_common_or_a_rarer_one_is_not(seed):
    rng = np.random.default_rng(seed)
    planted = rng.random(200) < 0.5
    texts = [
        " ".join(
            ["the sea", *(["as they say"] if has else []), *(["ferry"] if rng.random() < (0.8 if has else 0.1) else []),
             *(["barge"] if rng.random() < (0.1 if has else 0.8) else []), *(["gull"] if rng.random() < 0.5 else [])]
        )
        for has in planted
    ]  # fmt: skip
    use = phrase_use(["as they say"], texts, ["the gull"] * 9)
    assert (use.own, use.beside) == (int(planted.sum()), ("ferry",))
    assert phrase_use(["sea"], texts, []).beside == ()  # all hold it
    assert phrase_use(["as they say"], [text.replace("ferry", "") for text in texts], []).beside == ()


@pytest.mark.parametrize(("found", "is_so"), [
    (("as they say", "They say, the", "jugglers"), True),
    (("as we say", "jugglers", "was said"), False),
    ((), False),
])  # fmt: skip
def test_texts_that_hold_a_word_are_a_suspect_where_their_concepts_hang_on_it(monkeypatch, found, is_so):
    """Texts with "they" may be told apart by the jugglers that stand in them besides."""
    asked = []

    def phrases_of(*given):
        asked.append(given)
        return [Phrase(words, "other words", 0.5) for words in found]

    monkeypatch.setattr(phrases, "phrases_of", phrases_of)
    looked_for = Phrases(None, np.arange(30))
    assert looked_for.hang_on(SUSPECT, "they") is is_so
    assert [each.words for each in looked_for.of(SUSPECT)] == list(found)
    assert len(asked) == 1  # it takes passes of the model
