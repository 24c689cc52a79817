"""The language of visual tokens: planted laws are found again, closed forms, controls at their level."""

import math
from collections import Counter
from itertools import pairwise

import numpy as np
import pytest

from concepts.demo.captions import demo_captions
from concepts.lexicon.token_statistics import (
    BLANK,
    Corpus,
    compression_ratio,
    describe_language,
    entropy,
    entropy_of_neighbours,
    entropy_within_photos,
    fit_zipf,
    growth_of_types,
    read_text,
    tokens_of_activations,
    tokens_of_report,
)
from concepts.lexicon.token_statistics.description import SHUFFLES, shuffles_for
from concepts.lexicon.token_statistics.reference_text import LIMIT
from concepts.lexicon.token_statistics.sentences import SENTENCES, zipf_sentence
from tests.support.made_up_report import made_up_report

SEEDS = pytest.mark.parametrize("seed", [0, 1, 2])


def zipf_tokens(generator, exponent, *, types=200, n=40, length=2000):
    """n photos of independent tokens, the r-th type as likely as 1 / r^exponent."""
    shares = np.arange(1.0, types + 1) ** -exponent
    return [generator.choice(types, length, p=shares / shares.sum()) for _ in range(n)]


def markov(generator, *, types=4, stay=0.8, n=30, length=400):
    """Photos in which a token is the one before it with probability `stay`, else any."""
    found = []
    for _ in range(n):
        new = generator.integers(types, size=length)
        kept = generator.random(length) < stay
        kept[0] = False
        found.append(new[np.maximum.accumulate(np.where(kept, 0, np.arange(length)))])
    return found


# ---------------------------------------------------------------------------------------------------- reading


def test_the_winner_is_the_largest_magnitude_and_nothing_active_is_blank():
    maps = np.array([[[0.1, -0.9, 0.3], [0.0, 0.0, 0.0]], [[2.0, 2.0, 1.0], [0.0, 0.05, 0.0]]])
    (tokens,) = tokens_of_activations([maps])
    assert tokens.tolist() == [[1, BLANK], [0, 1]]
    assert tokens_of_activations([maps], least=0.1)[0].tolist() == [[1, BLANK], [0, BLANK]]
    with pytest.raises(ValueError, match="NaN"):
        tokens_of_activations([np.array([[np.nan, 1.0]])])


def test_a_reports_tokens_do_not_depend_on_the_scale_of_its_codes(tmp_path):
    report = made_up_report(n=6)
    before = tokens_of_report(report)
    scales = np.linspace(0.1, 9, 8).astype(np.float32)
    report._arrays["maps"] = report.array("maps") * scales
    report._arrays["components"] = report.array("components") / scales[:, None]
    for a, b in zip(before, tokens_of_report(report), strict=True):
        np.testing.assert_array_equal(a, b)
    loaded = type(report).load(report.save(tmp_path / "r"))
    for a, b in zip(before, tokens_of_report(loaded), strict=True):
        np.testing.assert_array_equal(a, b)


def test_one_photos_maps_are_read_at_a_time(tmp_path, monkeypatch):
    report = made_up_report(n=5)
    loaded = type(report).load(report.save(tmp_path / "r"))
    whole = type(report).array
    monkeypatch.setattr(
        type(report), "array", lambda self, name: pytest.fail("all maps") if name == "maps" else whole(self, name)
    )
    assert len(tokens_of_report(loaded)) == 5


def test_a_report_without_places_or_with_damaged_maps_is_told():
    with pytest.raises(ValueError, match="no places"):
        tokens_of_report(made_up_report(n=6, grid=False))
    report = made_up_report(n=6)
    report._arrays["maps"] = report.array("maps")[..., :3]
    with pytest.raises(ValueError, match="maps of photo 0 cannot be read"):
        tokens_of_report(report)


@pytest.mark.parametrize(
    ("sequences", "message"),
    [
        ([], "no photos"),
        ([np.array([0, 5])], "photo 0 holds token 5: the vocabulary has 3"),
        ([np.array([0]), np.array([-2])], "photo 1 holds token -2"),
        ([np.array([0.5])], "whole numbers"),
        ([np.full((2, 2), BLANK)], "every position is blank"),
    ],
)
def test_tokens_that_are_none_are_told(sequences, message):
    with pytest.raises(ValueError, match=message):
        Corpus.of(sequences, 3)


def test_runs_keep_to_their_row_their_photo_and_stop_at_blanks():
    corpus = Corpus.of([np.array([[0, 1, 2], [2, BLANK, 0]]), np.array([[1, 1, 1]])], 3)
    starts = corpus.run_starts(2)
    pairs = [(int(corpus.tokens[i]), int(corpus.tokens[i + 1])) for i in starts]
    assert pairs == [(0, 1), (1, 2), (1, 1), (1, 1)]
    assert corpus.runs(3).totals().sum() == 2
    assert corpus.runs(2).photo.tolist() == [0, 0, 1, 1]
    with pytest.raises(ValueError, match="choose 1 to 3"):
        corpus.runs(4)
    with pytest.raises(ValueError, match="no row holds 2"):
        Corpus.of([np.array([0]), np.array([1])], 2).runs(2)


@SEEDS
def test_shuffling_keeps_tokens_positions_and_blanks(seed):
    generator = np.random.default_rng(seed)
    tokens = [generator.integers(-1, 5, (4, 6)) for _ in range(8)]
    corpus = Corpus.of(tokens, 5)
    mixed = corpus.shuffled(generator)
    np.testing.assert_array_equal(mixed.totals(), corpus.totals())
    np.testing.assert_array_equal(mixed.photo, corpus.photo)
    np.testing.assert_array_equal(mixed.follows, corpus.follows)
    assert (mixed.tokens != corpus.tokens).any()


# ---------------------------------------------------------------------------------------------------- Zipf


@SEEDS
@pytest.mark.parametrize("exponent", [0.5, 1.0, 1.5])
def test_planted_exponents_are_found(seed, exponent):
    tokens = zipf_tokens(np.random.default_rng(seed), exponent)
    fit = fit_zipf(Corpus.of(tokens, 200).counts)
    assert float(fit.likelihood) == pytest.approx(exponent, abs=0.02)
    assert float(fit.exponent) == pytest.approx(exponent, abs=0.06)
    assert fit.r2 > 0.97
    assert fit.exponent.low < fit.exponent < fit.exponent.high


def test_exact_power_laws_give_exact_lines():
    counts = np.outer([1, 3], 1e6 * np.arange(1.0, 51) ** -1.2)
    fit = fit_zipf(counts[:, np.random.default_rng(0).permutation(50)])
    assert float(fit.exponent) == pytest.approx(1.2)
    assert float(fit.likelihood) == pytest.approx(1.2)
    assert fit.r2 == pytest.approx(1)
    np.testing.assert_allclose(fit.line(np.arange(1, 51)), 4e6 * np.arange(1.0, 51) ** -1.2)
    assert fit.exponent.low == pytest.approx(1.2)  # both photos say the same


def test_the_likelihood_is_at_its_top():
    counts = np.random.default_rng(0).integers(5, 400, (3, 30))
    fit, f = fit_zipf(counts), np.sort(counts.sum(axis=0))[::-1]
    ranks = np.arange(1.0, 31)

    def likelihood(s):
        return float(f @ (-s * np.log(ranks) - np.log((ranks**-s).sum())))

    s = float(fit.likelihood)
    assert likelihood(s) > max(likelihood(s - 0.001), likelihood(s + 0.001))


def test_equally_likely_words_have_no_slope_and_rare_words_are_left_out():
    fit = fit_zipf(np.full((2, 10), 50))
    assert float(fit.exponent) == pytest.approx(0, abs=1e-9)
    assert float(fit.likelihood) == pytest.approx(0, abs=1e-6)
    assert fit_zipf(np.array([[100, 50, 4, 4, 4]])) is None
    assert fit_zipf(np.array([[100, 50, 5, 4, 4]])).ranks == 3


def test_intervals_over_photos_are_as_wide_as_photos_differ():
    """Made anew many times, the figures scatter as their intervals say, though tokens of a photo depend."""
    generator, fits, bits = np.random.default_rng(0), [], []
    for _ in range(80):
        tokens = []
        for _ in range(40):
            shares = generator.dirichlet(3 * np.arange(1.0, 13) ** -1.0)
            tokens.append(generator.choice(12, 100, p=shares))
        corpus = Corpus.of(tokens, 12)
        fits.append(fit_zipf(corpus.counts).likelihood)
        bits.append(entropy(corpus))
    for found in (fits, bits):
        halves = np.mean([(each.high - each.low) / 2 for each in found])
        assert halves == pytest.approx(1.96 * np.std([float(each) for each in found]), rel=0.3)


# ---------------------------------------------------------------------------------------------------- entropy


def test_entropy_of_equally_likely_words_is_its_closed_form():
    corpus = Corpus.of([np.repeat(np.arange(8), 100), np.tile(np.arange(8), 100)], 8)
    assert float(entropy(corpus)) == pytest.approx(3 + 7 / (2 * 1600 * math.log(2)))


def test_entropy_equals_a_slow_literal_version():
    tokens = np.random.default_rng(0).integers(0, 5, (3, 7, 9))
    n = tokens.size
    literal = -sum(c / n * math.log2(c / n) for c in Counter(tokens.ravel().tolist()).values())
    assert float(entropy(Corpus.of(tokens, 5))) == pytest.approx(literal + 4 / (2 * n * math.log(2)))
    pairs = Counter(pair for photo in tokens for row in photo for pair in pairwise(row.tolist()))
    first = Counter(a for photo in tokens for row in photo for a in row[:-1].tolist())
    m = sum(pairs.values())
    both, alone = (-sum(c / m * math.log2(c / m) for c in counts.values()) for counts in (pairs, first))
    correction = (len(pairs) - len(first)) / (2 * m * math.log(2))
    assert float(entropy_of_neighbours(Corpus.of(tokens, 5))) == pytest.approx(both - alone + correction)


@SEEDS
def test_the_correction_brings_a_small_sample_near_the_truth(seed):
    generator = np.random.default_rng(seed)
    found = [float(entropy(Corpus.of([generator.integers(0, 32, 200)], 32))) for _ in range(60)]
    plain = [value - 31 / (400 * math.log(2)) for value in found]
    assert abs(np.mean(found) - 5) < 0.3 * abs(np.mean(plain) - 5)


@SEEDS
def test_entropy_of_neighbours_of_a_markov_chain(seed):
    corpus = Corpus.of(markov(np.random.default_rng(seed), stay=0.8), 4)
    same, other = 0.8 + 0.2 / 4, 0.2 / 4
    truth = -same * math.log2(same) - 3 * other * math.log2(other)
    assert float(entropy_of_neighbours(corpus)) == pytest.approx(truth, abs=0.06)
    mixed = corpus.shuffled(np.random.default_rng(seed))
    assert float(entropy_of_neighbours(mixed)) == pytest.approx(float(entropy(corpus)), abs=0.01)


def test_a_photo_of_one_word_has_no_entropy_within():
    corpus = Corpus.of([np.zeros(50, int), np.ones(50, int), np.array([BLANK])], 2)
    assert float(entropy_within_photos(corpus)) == 0
    assert float(entropy(corpus)) == pytest.approx(1, abs=0.01)


# ---------------------------------------------------------------------------------------------------- growth


@SEEDS
@pytest.mark.parametrize("exponent", [0.4, 0.7, 1.0])
def test_growth_of_a_made_up_process(seed, exponent):
    """The N-th token is new whenever ⌊N^β⌋ steps up, else any old one."""
    generator, tokens, types = np.random.default_rng(seed), [], 0
    for step in range(1, 20_001):
        if int(step**exponent) > types:
            tokens.append(types)
            types += 1
        else:
            tokens.append(int(generator.integers(types)))
    found = growth_of_types(Corpus.of([np.array(tokens)], types))
    assert float(found.exponent) == pytest.approx(exponent, abs=0.02)
    assert found.types[-1] == types
    assert math.isnan(found.exponent.low)


@SEEDS
def test_growth_counts_what_was_seen(seed):
    generator = np.random.default_rng(seed)
    tokens = [generator.integers(0, 30, 17) for _ in range(5)]
    found = growth_of_types(Corpus.of(tokens, 30), seed=seed, orders=1)
    order = np.argsort(np.random.default_rng(seed).permutation(5))
    row = np.concatenate([tokens[i] for i in order])
    assert found.types.tolist() == [len(set(row[:n].tolist())) for n in found.lengths]
    assert found.in_a_photo == np.mean([len(set(each.tolist())) for each in tokens])


def test_a_vocabulary_that_is_used_at_once_does_not_grow():
    found = growth_of_types(Corpus.of([np.tile(np.arange(4), 50)] * 6, 4))
    assert float(found.exponent) == pytest.approx(0, abs=1e-12)
    assert (found.types[found.lengths >= 4] == 4).all()


# ---------------------------------------------------------------------------------------------------- compression


@SEEDS
@pytest.mark.parametrize("method", ["zlib", "lzma"])
def test_the_more_order_the_shorter(seed, method):
    generator = np.random.default_rng(seed)
    size = {"stay": 0.9, "n": 10, "length": 2000, "types": 16}
    kinds = {
        "one word": [np.zeros(2000, int)] * 10,
        "a pattern": [np.arange(2000) % 16] * 10,
        "neighbours alike": markov(generator, **size),
        "neighbours less alike": markov(generator, **(size | {"stay": 0.5})),
        "at random": markov(generator, **(size | {"stay": 0.0})),
    }
    found = [compression_ratio(Corpus.of(tokens, 16), method=method) for tokens in kinds.values()]
    assert found == sorted(found)
    assert found[-1] > 0.49  # 16 words need 4 of 8 bits
    mixed = Corpus.of(kinds["neighbours alike"], 16).shuffled(generator)
    assert compression_ratio(mixed, method=method) > 1.5 * found[2]


def test_a_large_vocabulary_takes_two_bytes_and_an_unknown_compressor_is_told():
    tokens = [np.arange(300)]
    assert compression_ratio(Corpus.of(tokens, 300), method="zlib") < compression_ratio(
        Corpus.of([np.random.default_rng(0).permutation(256)], 256), method="zlib"
    )
    with pytest.raises(ValueError, match="choose one of zlib, lzma"):
        compression_ratio(Corpus.of(tokens, 300), method="rar")


# ---------------------------------------------------------------------------------------------------- all of it


def names(n):
    return [f"word {i}" for i in range(n)]


@SEEDS
def test_independent_tokens_are_like_their_control(seed):
    generator = np.random.default_rng(seed)
    tokens = [each.reshape(10, 20) for each in zipf_tokens(generator, 1.0, types=12, n=40, length=200)]
    found = describe_language(tokens, vocabulary=names(12), seed=seed, shuffles=10)
    for measure in found.measures:
        assert abs(measure.value - measure.control) < 0.02 + 0.02 * abs(measure.control), measure.name
    pairs = found.ranks[2]
    assert ((pairs.frequencies >= 0.7 * pairs.low) & (pairs.frequencies <= 1.4 * pairs.high)).all()
    assert found.together.beyond.sum() <= 2


@SEEDS
def test_tokens_that_stick_together_are_unlike_their_control(seed):
    tokens = markov(np.random.default_rng(seed))
    found = describe_language(tokens, vocabulary=names(4), seed=seed, shuffles=5)
    for name in ("entropy given the neighbour", "compression (zlib)", "compression (lzma)"):
        measure = found.measure(name)
        assert measure.value < 0.9 * measure.control.low
        assert "shuffled" in measure.sentence
    assert found.ranks[2].frequencies[0] > 2 * found.ranks[2].high[0]
    np.testing.assert_array_equal(found.ranks[1].low, found.ranks[1].frequencies)  # shuffling changes no frequency
    assert found.measure("entropy").control.low == pytest.approx(float(found.measure("entropy").value))


def test_the_report_says_what_was_counted():
    tokens = [np.array([[0, 0, 1], [2, BLANK, 1]]), np.array([[0, 1, 1], [0, 0, 0]])]
    found = describe_language(tokens, vocabulary=("red", "green", "blue", "never"), shuffles=3)
    assert (found.n_photos, found.n_tokens, found.n_blank, found.n_used) == (2, 11, 1, 3)
    assert found.ranks[1].names == ("red", "green", "blue")
    assert found.ranks[1].frequencies.tolist() == [6, 4, 1]
    assert found.ranks[2].names[0] == "red · red"
    assert [measure.name for measure in found.measures] == list(SENTENCES)
    with pytest.raises(ValueError, match="there are entropy"):
        found.measure("mood")


def test_shares_are_counts_of_all_words():
    found = describe_language([np.array([[0, 0, 0, 1, 1, 2, 2, 2, 2, 3]])], vocabulary=names(4), shuffles=2).ranks[1]
    assert found.shares.tolist() == [0.4, 0.3, 0.2, 0.1]
    assert found.share_of(np.array([5.0, 0.5])).tolist() == [0.5, 0.05]


def test_a_large_corpus_is_shuffled_less_often():
    photo = np.zeros((500, 500), dtype=np.int64)
    assert shuffles_for([photo, photo]) == SHUFFLES
    assert shuffles_for([photo, photo, photo[:1, :1]]) == SHUFFLES // 4


def test_the_same_seed_gives_the_same_report():
    tokens = markov(np.random.default_rng(0), n=6)
    first, second = (describe_language(tokens, vocabulary=names(4), seed=3, shuffles=4) for _ in range(2))
    assert [m.control.high for m in first.measures] == [m.control.high for m in second.measures]
    other = describe_language(tokens, vocabulary=names(4), seed=4, shuffles=4)
    assert [m.control.high for m in first.measures] != [m.control.high for m in other.measures]


def test_a_large_vocabulary_is_described_without_its_pairs():
    tokens = [np.random.default_rng(0).permutation(300) for _ in range(3)]
    assert describe_language(tokens, vocabulary=names(300), shuffles=2).together is None


def test_sentences_carry_their_numbers():
    fit = fit_zipf(np.outer([1, 1], 1e5 * np.arange(1.0, 21) ** -1.0))
    assert "to the power of 1.00" in zipf_sentence(fit, 1, None)
    assert "no line to fit" in zipf_sentence(None, 1, None)


# ---------------------------------------------------------------------------------------------------- text


def test_a_text_is_its_words():
    text = read_text("\ufeffThe cap, the CAP!\r\n\n...\nIt's a well-known cap\n".encode(), name="x")
    assert text.vocabulary == ("the", "cap", "it's", "a", "well-known")
    assert [document.tolist() for document in text.tokens] == [[0, 1, 0, 1], [2, 3, 4, 1]]


@pytest.mark.parametrize(
    ("content", "message"),
    [(b"", "holds no words"), (b"a\nb\xff", "line 2 .*UTF-8"), (b" " * (LIMIT + 1), "at most 5,000,000")],
)
def test_a_text_that_cannot_be_read_is_told(content, message):
    with pytest.raises(ValueError, match=message):
        read_text(content, name="x")


def test_captions_of_the_demo_are_a_text():
    text = demo_captions(per_class=1)
    assert len(text.tokens) == 10
    assert {"toadstool", "gnome", "a"} <= set(text.vocabulary)


@pytest.mark.shared
def test_reviews_are_a_language(shared):
    content = (shared / "data" / "text" / "rt-polarity.pos.txt").read_bytes().decode("latin-1").encode()
    text = read_text(content, name="reviews")
    corpus = Corpus.of(text.tokens, len(text.vocabulary))
    fit = fit_zipf(corpus.counts)
    assert 0.85 < fit.likelihood < 1.1
    assert fit.r2 > 0.98
    assert 0.6 < growth_of_types(corpus, orders=3).exponent < 0.8
    mixed = corpus.shuffled(np.random.default_rng(0))
    assert compression_ratio(corpus) < 0.95 * compression_ratio(mixed)
