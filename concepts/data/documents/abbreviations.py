"""Words that tell whether a point ends a sentence, in several languages."""

# Written with a point before a name or another word; behind them a sentence hardly ever ends.
BEFORE_NAMES = frozenset((
    "mr", "mrs", "ms", "mx", "dr", "prof", "st", "rev", "fr", "sr", "sra", "srta", "hon", "gen", "col", "capt", "cpt",
    "lt", "sgt", "cmdr", "maj", "sen", "rep", "gov", "pres", "supt", "insp", "messrs", "mme", "mlle", "hr", "dott",
    "ing", "dipl", "vs", "cf", "e.g", "eg", "i.e", "ie", "viz", "approx", "mt", "ft", "z.b", "d.h", "u.a", "bzw", "vgl",
    "sog", "evtl", "ggf", "hrsg", "г", "ул", "им", "т.е",
))  # fmt: skip

# Before a number these are abbreviations, too.
BEFORE_NUMBERS = BEFORE_NAMES | frozenset((
    "no", "nos", "nr", "núm", "p", "pp", "pág", "fig", "figs", "eq", "eqs", "sec", "ch", "vol", "art", "abs", "bd",
    "ca", "v", "tel", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec",
))  # fmt: skip

# Companies and months: a sentence goes on behind their point, unless a usual first word follows.
BEFORE_MORE = frozenset((
    "inc", "corp", "co", "cos", "ltd", "bros", "plc", "llc", "jan", "feb", "aug", "sept", "oct", "nov", "dec",
))  # fmt: skip

# Behind initials such as U.S. these begin a new sentence.
STARTERS = frozenset((
    "A", "An", "And", "As", "At", "But", "For", "From", "He", "Her", "His", "How", "However", "I", "If", "In", "It",
    "Its", "My", "No", "Not", "Now", "On", "One", "Our", "She", "So", "Some", "That", "The", "Their", "Then", "There",
    "These", "They", "This", "Those", "To", "Was", "We", "What", "When", "Where", "While", "Who", "Why", "With", "Yes",
    "You",
))  # fmt: skip
