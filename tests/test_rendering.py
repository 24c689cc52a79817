"""The macros that pages, report files and sites share: whatever a name holds is shown as text."""

from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace

import pytest
from jinja2 import UndefinedError
from markupsafe import Markup

from concepts.demo.texts.overlap import OverlapPart
from concepts.evaluation.findings import Finding
from concepts.glossary import GlossaryEntry
from concepts.rendering.environment import environment, macro
from concepts.rendering.excerpts import Excerpt, Part
from concepts.rendering.pictures import Picture
from concepts.report.rendering import probe_sentences
from concepts.report.rendering.probe_views import ConceptFigure, LabelView, ProbeLine, ProbesView
from concepts.report.text_rows import Measured
from pages.components.answers import Bar
from pages.components.atlas import Partner
from pages.components.report import TwoSided
from pages.components.teaching import Answered
from tests.support.places import ROOT

H = "<script>alert(1)</script>\"><img src=x onerror=alert(2)>'&amp;\u202eturned"
PICTURE = Picture(H, H, H, H, H)
GONE = Picture(None, H)
EXCERPT = Excerpt((Part(H), Part(H, 0.5), Part(H, -1.0)), H, H, H, H, before=True, after=True)
CARD = SimpleNamespace(
    target=H,
    layer=H,
    n_strategies=2,
    n_images=1_234,
    source=H,
    created="2026-11-28T10:00",
    kind="images",
    noun="photo",
    words=(),
)
ENTRY = GlossaryEntry(H, H, H, H, (H, H))
CONCEPT = ConceptFigure(H, H, H, 0.5, 0.2, 0.7, True)
PROBE = ProbeLine(H, H, Measured(0.5, 0.2, 0.7), H, H, (CONCEPT,), H, (EXCERPT, EXCERPT))
PROBES = ProbesView((PROBE, ProbeLine(H, H, None, "", H, ())), 0.7, 0.7)
LABEL = LabelView((((H, H), (CONCEPT,)),), ((H, (CONCEPT,)), (H, ())))
MARKUP = Markup("<em>made elsewhere</em>")
CALLS = {
    "words.layers": ([H], [(H, H, [(H, H, H, H, H)])]),
    "shared/bars.interval_bar": (0.2, 0.1, 0.3, 0.5, True),
    "shared/cards.badge": (H, H, H),
    "shared/cards.content": (CARD, H, [PICTURE, GONE], H, H, H, MARKUP),
    "shared/facts.facts": ([(H, H, H), (MARKUP, MARKUP, "")],),
    "shared/pictures.image": (GONE,),
    "shared/pictures.excerpt": (EXCERPT,),
    "shared/pictures.face": (EXCERPT,),
    "shared/pictures.picture": (PICTURE,),
    "shared/pictures.row": ([PICTURE, GONE, EXCERPT], 10),
    "shared/pictures.tile": (EXCERPT,),
    "shared/pictures.words": (EXCERPT,),
    "shared/probes.concept": (CONCEPT, 0.7),
    "shared/probes.concepts": ([CONCEPT, CONCEPT], 0.7, True),
    "shared/probes.example": (PROBE,),
    "shared/probes.folded_examples": (PROBES,),
    "shared/probes.label_artefacts": (LABEL, probe_sentences, 1),
    "shared/probes.label_words": (LABEL.words, probe_sentences, H, True),
    "shared/probes.probe_examples": (PROBES,),
    "shared/probes.probe_table": (PROBES, probe_sentences),
    "shared/probes.nothing": (True,),
    "shared/probes.share": (Measured(0.5, 0.2, 0.7), H, 0.7),
    "shared/tables.cell": (H, H),
    "shared/tables.table": ([H, MARKUP], [(MARKUP, H), (H, "")], H, [H, H]),
    "shared/texts.code": (H,),
    "shared/texts.folded": (H, MARKUP),
    "shared/texts.isolated": (H,),
    "shared/texts.paragraph": ([H, MARKUP], H, True),
    "answers.answers": ([(H, Bar(0.5, H), Bar.of(2.0))], H, H),
    "answers.bar": (Bar(0.5, H), H),
    "atlas.card": (H, H, H, MARKUP, "", MARKUP),
    "atlas.nothing": (),
    "atlas.partner": (Partner(H, H, PICTURE, 0.5, True), 10),
    "atlas.partners": ([Partner(H, H, GONE, 0.5, False)], 10),
    "cards.card": (CARD, H, [PICTURE], H, H, H, MARKUP),
    "cards.cards": ([MARKUP, H],),
    "cards.flag": (H,),
    "catch.pictures": ([(PICTURE, H, H, True)],),
    "catch.sentences": ([(EXCERPT, H, H, False)],),
    "catch.answer": (H, H, True),
    "findings.findings": ([(Finding(H, H, None), H, H, H)],),
    "glossary.entries": ([(H, [MARKUP, H], True)],),
    "glossary.entry": (ENTRY, H, [MARKUP, H], True),
    "notes.note": ([H], H, H),
    "notes.past": (H, MARKUP),
    "pairs.alone": ([MARKUP, H],),
    "pairs.chosen": (H,),
    "pairs.listed": (H, H, [MARKUP]),
    "pairs.opens": (),
    "pairs.pair": (MARKUP, H, MARKUP, H, H),
    "pairs.side": (H, H, H, [PICTURE], 10),
    "pairs.similarity": (H, H, H, H, H),
    "pictures.beside": ([PICTURE] * 3,),
    "pictures.grid": ([PICTURE], 4),
    "report.answer": (H, H),
    "report.concept": (MARKUP, H),
    "report.concept_row": (1, 2, H, H, [H], [PICTURE], MARKUP, H, H, [MARKUP, H], PICTURE, True),
    "report.concept_rows": ([MARKUP, H], H),
    "report.half": (-0.5, H),
    "report.head": (H, MARKUP, MARKUP, H),
    "report.outliers": (H, [MARKUP, H], H, H),
    "report.part": (MARKUP, H, [PICTURE], 10, H),
    "report.partner": (PICTURE, 10, H, H, H),
    "report.strategy": (H, H, H, MARKUP, [H, MARKUP], [PICTURE], [PICTURE], H),
    "report.title": (H, H),
    "report.titled": ([(H, [PICTURE])], 10, H),
    "report.two_sided": ([TwoSided(PICTURE, H, H, -0.5, H, 1.0, H)], H, H),
    "report.verdict_link": (MARKUP, H),
    "report.verdict_with_crop": (PICTURE, MARKUP),
    "scales.keys": ([(H, H)],),
    "scales.scale": (H, H, [H], H),
    "scripted.copy_button": (),
    "scripted.nothing": (),
    "scripted.places": (),
    "styles.marked_section": (2,),
    "styles.sheet": (MARKUP,),
    "teaching.exercise_progress": (1, [True, False]),
    "teaching.overlaps": ([([OverlapPart(H, H), OverlapPart(H, "")], H)], {H: H}, {H: H}),
    "teaching.headline": (H,),
    "teaching.progress": (1, 10),
    "teaching.question": (H,),
    "teaching.result": ([Answered(1, H, right, H, H, H) for right in (True, False, None)],),
    "teaching.said": ([H, H],),
    "teaching.scene": (MARKUP,),
    "teaching.task": (MARKUP,),
    "teaching.verdict": (False, H, H),
    "terms.explanations": ([(H, ENTRY, H)],),
    "terms.term": (H, H),
    "texts.empty": (H, [H, MARKUP]),
    "texts.heading": (2, [H, MARKUP], H),
    "texts.link": ([H], H, H, H, H),
    "texts.sideways": (H,),
    "texts.step_title": (1, H),
    "words.cloud": ([(H, 1.0, 0.5)],),
    "words.tokens": ([(H, H, H, H, [H])], H),
}


class Reader(HTMLParser):
    """Tags, the values of attributes, texts; `open` is what was not closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: dict[str, list[str]] = {}
        self.texts: list[str] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        for name, value in attributes:
            self.attributes.setdefault(name, []).append(value or "")
        if tag not in ("img", "br", "wbr"):
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        self.handle_endtag(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append(data)


def holds(value: object) -> bool:
    """Is the hostile text somewhere in what a macro was given?"""
    if isinstance(value, str):
        return value == H
    if isinstance(value, list | tuple):
        return any(map(holds, value))
    return hasattr(value, "__dict__") and holds(list(vars(value).values()))


@pytest.mark.parametrize("name", CALLS)
def test_hostile_texts_are_shown_as_texts(name):
    shown = macro("pages.components", name)(*CALLS[name])
    assert isinstance(shown, Markup)
    read = Reader(shown)
    assert read.open == []
    assert "script" not in read.tags
    assert not [each for each in read.attributes if each.startswith("on")]
    everything = ["".join(read.texts), *(value for values in read.attributes.values() for value in values)]
    assert any(H in each for each in everything) == holds(list(CALLS[name]))
    assert "&lt;em&gt;" not in shown, "what another macro made is markup"


def macros(folder: Path, prefix: str = "") -> set[str]:
    """The macros of all templates in a folder."""
    found = set()
    for file in folder.glob("*.html.j2"):
        name = prefix + file.name.removesuffix(".html.j2")
        template = environment("pages.components").get_template(f"{name}.html.j2")
        own = {each for each in vars(template.module) if f"macro {each}(" in file.read_text(encoding="utf-8")}
        found |= {f"{name}.{each}" for each in own}
    return found


def test_every_macro_is_tried():
    shared = ROOT / "concepts" / "rendering" / "templates" / "shared"
    pages = ROOT / "pages" / "components" / "templates"
    assert macros(shared, "shared/") | macros(pages) == set(CALLS)


def test_a_name_that_is_not_there_is_an_error():
    with pytest.raises(UndefinedError):
        macro("pages.components", "shared/pictures.picture")(object())
    with pytest.raises(AttributeError):
        macro("pages.components", "shared/pictures.no_such_macro")


def test_a_picture_travels_in_the_page_and_says_where_it_is_gone():
    assert Picture.of(b"\x89PNG...", "x").source.startswith("data:image/png;base64,")
    row = macro("pages.components", "shared/pictures.row")
    assert 'loading="lazy"' in row([Picture.of(b"\xff\xd8", "x")])
    assert 'loading="lazy"' not in row([Picture.of(b"\xff\xd8", "x")], lazy=False)
    assert "picture missing" in row([Picture.of(None, "x")])


def test_a_bar_is_as_long_as_its_share_of_the_widest():
    shown = macro("pages.components", "shared/bars.interval_bar")(0.2, 0.1, 0.3, 0.4)
    assert "width: 50.0%" in shown
    assert "left: 25.0%; width: 50.0%" in shown
    assert "cx-against" not in shown


def test_on_a_narrow_screen_every_figure_has_its_label():
    table = macro("pages.components", "shared/tables.table")
    shown = table(["Name", "Value"], [("a", "1"), ("b", "")], "caption", ["Name", "Value"])
    assert shown.count('data-label="Value"') == 1, "an empty cell needs none"
    assert "data-label" not in table([], [("a", "1")], "caption")
    assert '<th scope="row">' not in table([], [("a", "1")], "caption", heads=False)
