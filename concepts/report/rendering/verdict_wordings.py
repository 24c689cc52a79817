"""What a verdict is called on photos and on texts: one table, so that no page says of words what is true of a mark.

On photos what passes the four conditions is something added, such as a stamp. On texts a word that belongs to the class
passes them as well (one of several words for rain), so that texts are only said to be recognised by single words.
"""

from dataclasses import dataclass

from concepts.data.nouns import PHOTO, TEXT


@dataclass(frozen=True)
class VerdictWording:
    """The words of one kind of item.

    leaned_on: after "the model leans on". question: the heading of a finding; fact: the same beside a figure. tested:
    the title of all that was tested. nothing: where nothing was found to test. one_failed, all_failed: where nothing
    that was tested meets all conditions; n: its number. stand_in: what two concepts are that
    stand for each other. elsewhere: where a suspect fails its counter-proof. cleanly: what a suspicion measures.
    """

    leaned_on: str
    question: str
    fact: str
    tested: str
    nothing: str
    one_failed: str
    all_failed: str
    stand_in: str
    elsewhere: str
    cleanly: str


WORDINGS = {
    PHOTO: VerdictWording(
        leaned_on="something added",
        question="Does the model lean on something added?",
        fact="does it lean on something added?",
        tested="What may be something added, with intervals",
        nothing="No photo shows anything added that others lack; a mark on every photo would not be noticed.",
        one_failed="One thing that only some photos show was tested: the model does not lean on it.",
        all_failed="{n} things that only some photos show were tested: the model leans on none of them.",
        stand_in="two looks, nothing added",
        elsewhere="where it does not belong",
        cleanly="How cleanly it is something added, with nothing of the others missing",
    ),
    TEXT: VerdictWording(
        leaned_on="single words",
        question="Does the model lean on single words?",
        fact="does it lean on single words?",
        tested="Concepts that may be single words, with intervals",
        nothing="No concept sets some texts clearly apart from the others; words in every text would not be noticed.",
        one_failed="One concept that only some texts show was tested: it does not show that the model leans on single "
        "words.",
        all_failed="{n} concepts that only some texts show were tested: none shows that the model leans on single "
        "words.",
        stand_in="two kinds of text",
        elsewhere="in texts of other classes",
        cleanly="How cleanly it sets these texts apart, with nothing of the others missing",
    ),
}


def verdict_wording(noun: str) -> VerdictWording:
    """The words for items of that noun, "photo" or "text" (`ReportData.noun`)."""
    return WORDINGS[noun]
