"""`ask:FOLDER`: a causal language model that is asked a question about each text; its classes are the answers.

The prompt is the question with the text in the place of {text}, as in "{text}\\nIs this a complaint? Answer:". A
class's logit is that of its answer's first token after the prompt: the token's row of the output embedding times the
last hidden state after the final norm. Without a question, the answers are next tokens of the text itself.
A long text is cut at its own end; the question is read whole.
"""

from dataclasses import dataclass, replace

import torch
from torch import Tensor

from concepts.models.encoders.folders import model_folder
from concepts.models.encoders.language_models import MODEL
from concepts.models.encoders.model_types import LanguageModel
from concepts.models.encoders.opening import short
from concepts.models.encoders.pretrained import load_pretrained, model_fingerprint
from concepts.models.encoders.texts import last_of
from concepts.models.text.assembly import Head, assembled
from concepts.models.text.batches import Run
from concepts.models.text.card import TextCard
from concepts.models.text.folder_reader import reader_of
from concepts.models.text.heads import affine_head, outputs_of
from concepts.models.text.prompts import Prompted, answer_tokens, prompted
from concepts.models.text.reading import TokenReader
from concepts.models.text.sources import TextOptions
from concepts.models.text.split import TextSplit
from concepts.models.text.token_passes import passes_of, probe_ids

PREFIX = "ask:"
LEAST_ROOM = 8  # tokens that a question must leave for a text


@dataclass(frozen=True, eq=False)
class _Asked:
    """A language model with the rows of its output embedding that answers begin with."""

    model: LanguageModel
    tokens: Tensor

    def features(self, ids: Tensor, mask: Tensor) -> Tensor:
        """(m, p): the last hidden state after the final norm."""
        base = self.model.base_model
        return last_of(base(input_ids=ids, attention_mask=mask, use_cache=False).last_hidden_state, mask)

    def all_logits(self, ids: Tensor, mask: Tensor) -> Tensor:
        """(m, V): the model's own logits of the next token."""
        return last_of(self.model(input_ids=ids, attention_mask=mask, use_cache=False).logits, mask)

    def logits(self, ids: Tensor, mask: Tensor) -> Tensor:
        return self.all_logits(ids, mask)[:, self.tokens]


def open_asked(name: str, options: TextOptions) -> TextSplit:
    """The split of a language model with a question and its answers.

    Raises ValueError as `prompted` and `answer_tokens`, for a question that leaves no room for a text, and for a model
    whose logits are not the output embedding times the last hidden state (as where they are bounded by a tanh).
    """
    options.check_unused(name, "weights", "texts", "labels", "class_names", "output")
    folder = model_folder(name.removeprefix(PREFIX), network=options.network)
    model = load_pretrained(MODEL, folder, options.device)
    plain, hashed = reader_of(folder, model.config, longest=options.longest)
    prompt = prompted(options.question, plain._tokenize)
    reader = with_prompt(plain, prompt)
    answers = tuple(options.answers or ())
    asked = _Asked(model, torch.tensor(answer_tokens(prompt, options.answers), device=options.device))
    besides = (prompt.before, prompt.after, answers, hashed, reader.longest)
    card = TextCard(
        name=f"{PREFIX}{short(name.removeprefix(PREFIX))}",
        weights="safetensors of the folder",
        class_names=answers,
        transform_text=f"tokens of tokenizer {hashed} of {prompt!r}, at most {reader.longest}",
        fingerprint=model_fingerprint(model, model.config, besides=besides),
        longest=reader.longest,
        reader=reader,
        names_given=True,
    )
    texts = probe_ids(reader, options.device)
    passes = passes_of(asked.features, asked.logits, reader, texts)
    said = (answers_said(asked.all_logits, asked.tokens, texts),)
    return assembled(model, passes, _head(asked), card, reader, said=said)


def with_prompt(reader: TokenReader, prompt: Prompted) -> TokenReader:
    """The reader of prompts. Raises ValueError where the question leaves too little room for a text."""
    n_question = len(prompt(["a"])[0].ids)
    if n_question + LEAST_ROOM > reader.longest:
        raise ValueError(f"the question has {n_question} tokens, the model reads {reader.longest}: shorten it")
    return replace(reader, _tokenize=prompt)


def _head(asked: _Asked) -> Head:
    """The answers' rows of the output embedding."""
    embedding = asked.model.get_output_embeddings()
    bias = getattr(embedding, "bias", None)
    outputs = outputs_of("classes", None, len(asked.tokens))
    rows = embedding.get_parameter("weight")[asked.tokens]
    weight, b = affine_head(rows, None if bias is None else bias[asked.tokens], outputs)
    return Head("output embedding", weight, b, outputs)


@torch.no_grad()
def answers_said(all_logits: Run, tokens: Tensor, texts: list[Tensor]) -> str:
    """What the classes are, and how much of the next token's probability the answers hold, on the probe texts."""
    every = torch.cat([all_logits(ids[None], torch.ones_like(ids)[None]) for ids in texts])
    share = float(every.softmax(dim=-1)[:, tokens].sum(dim=1).mean())
    return (
        "The last hidden state after the final norm; the classes are the first tokens of the answers. On plain "
        f"sentences the answers hold {share:.1%} of the next token's probability."
    )
