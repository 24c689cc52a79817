"""A question about a text as a prompt, and the token that each of its answers begins with."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from concepts.models.encoders.pieces import Pieces, Span, Tokenize

PLACE = "{text}"
SAMPLE = "It works."  # stands for a text where only what follows it matters


@dataclass(frozen=True)
class Prompted:
    """Callable: texts to the Pieces of their prompts. Only tokens of the text have characters: those in the text.

    Tokens that the tokenizer puts after a text (end of text) are left out, as the answer comes next.
    """

    before: str
    after: str
    _tokenize: Tokenize = field(repr=False, compare=False)

    def __call__(self, texts: Sequence[str]) -> list[Pieces]:
        prompts = self._tokenize([self.before + text + self.after for text in texts])
        return [self._of_text(without_end(each), len(text)) for text, each in zip(texts, prompts, strict=True)]

    def first_token(self, answer: str) -> int:
        """The id that the answer begins with after the prompt. A blank comes before it, but not after a line's end.

        Raises ValueError where the answer's first token holds a part of the question.
        """
        prompt = self.before + SAMPLE + self.after
        said = prompt + ("" if prompt.endswith("\n") else " ") + answer
        pieces = self._tokenize([said])[0]
        if not pieces.spans:
            return self._next_id(prompt, said, answer)
        for token, span in zip(pieces.ids, pieces.spans, strict=True):
            if span is not None and span[1] > len(prompt):
                if span[0] < len(prompt):
                    break
                return token
        raise ValueError(f"the answer {answer!r} does not begin with a token of its own after the question")

    def _next_id(self, prompt: str, said: str, answer: str) -> int:
        """The id after those of the prompt, for a tokenizer without places."""
        before, after = (self._tokenize([text])[0].ids for text in (prompt, said))
        if len(after) <= len(before) or after[: len(before)] != before:
            raise ValueError(
                f"the answer {answer!r} does not begin with a token of its own after the question; a tokenize without "
                "spans must put no token after a text"
            )
        return after[len(before)]

    def _of_text(self, pieces: Pieces, length: int) -> Pieces:
        start, stop = len(self.before), len(self.before) + length
        return Pieces(pieces.ids, tuple(_clipped(span, start, stop) for span in pieces.spans))


def prompted(question: str | None, tokenize: Tokenize) -> Prompted:
    """The prompt of a question; None: the text itself, after which the next token is asked for.

    Raises ValueError for a question without {text} or with two, and for one that ends with a blank.
    """
    if question is None:
        return Prompted("", "", tokenize)
    if question.count(PLACE) != 1:
        raise ValueError(f"the question {question!r} has {question.count(PLACE)} places for a text: write {PLACE} once")
    if question.endswith(" "):
        raise ValueError(f"the question {question!r} ends with a blank, which belongs to the answer: leave it out")
    before, _, after = question.partition(PLACE)
    return Prompted(before, after, tokenize)


def answer_tokens(prompt: Prompted, answers: Sequence[str] | None) -> tuple[int, ...]:
    """The first token of each answer. Raises ValueError for fewer than two, and where two begin alike."""
    if answers is None or len(answers) < 2 or isinstance(answers, str):
        raise ValueError(f"answers={answers!r}: give two answers or more, whose first tokens differ")
    tokens = tuple(prompt.first_token(answer) for answer in answers)
    if len(set(tokens)) < len(tokens):
        raise ValueError(f"the answers {', '.join(answers)} do not all begin with different tokens: choose others")
    return tokens


def without_end(pieces: Pieces) -> Pieces:
    """The pieces without those at the end that have no characters."""
    n_end = next((i for i, span in enumerate(reversed(pieces.spans)) if span is not None), 0)
    kept = len(pieces.ids) - n_end
    return Pieces(pieces.ids[:kept], pieces.spans[:kept])


def _clipped(span: Span | None, start: int, stop: int) -> Span | None:
    """A span of the prompt as one of the text at start … stop; None where it has no character of the text."""
    if span is None:
        return None
    first, last = max(span[0], start), min(span[1], stop)
    return (first - start, last - start) if first < last else None
