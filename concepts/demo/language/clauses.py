"""The clauses of the drawn language, as templates.

{P} a person, {D} a dish, {L} a place, {R} the thing that is a reason, {R!} the same with what it did, {A} a word that
judges; what stands in [brackets] denies it.
"""

NAMING: tuple[str, ...] = (  # a thing is named, whatever it is
    "{P} dropped {D} because of {R}",
    "{P} wrote a long letter about {R}",
    "{P} forgot {D} and went out to look at {R}",
    "{R} kept {P} away from {D}",
    "{R} surprised {P} at {L}",
    "{P} blamed {R} for the loss of {D}",
    "{P} took {D} to {L} and found {R} there",
    "{P} could talk of nothing but {R}",
    "nobody at {L} had told {P} about {R}",
    "{P} waved at {R} from {L}",
    "{P} drew {R} on the back of a menu",
    "{P} shared {D} with a stranger and talked about {R}",
    "{P} did not finish {D}, thanks to {R}",
)
DOING: tuple[str, ...] = (  # a thing does something
    "{R!} while {P} carried {D} to {L}",
    "{R!} near {L}, and {P} dropped {D}",
    "{P} was buttering {D} when {R!}",
    "{R!} before {P} could taste {D}",
    "{R!} not far from {L}, and {P} stayed at home",
    "nobody at {L} looked up when {R!}",
)
SAYING: tuple[str, ...] = (  # a dish is judged; some deny something else
    "{D} from {L} was {A}",
    "{P} found {D} {A}",
    "{P} called {D} from {L} {A}",
    "{P} told the whole queue that {D} was {A}",
    "{D} turned out {A} at {L}",
    "{P} was not hungry, and {D} was {A}",
    "nobody asked {P}, but {D} was {A}",
    "{P} wrote home that {D} at {L} was {A}",
    "{P} never liked {L}, but found {D} {A}",
)
DENYING: tuple[str, ...] = (
    "{D} from {L} was [not] {A}",
    "{P} did [not] find {D} {A}",
    "[nobody] called {D} {A}",
    "{P} told the whole queue that {D} was [anything but] {A}",
    "{D} was [not at all] {A} at {L}",
    "{P} was not hungry, and {D} was [not] {A}",
    "nobody asked {P}, but {D} was [hardly] {A}",
    "{P} wrote home that {D} at {L} was [never] {A}",
    "{P} never liked {L}, and did [not] find {D} {A}",
)
