"""All colours, named by their use; theme colours as a pair for light (False) and dark (True)."""

from PIL import ImageColor

BLACK, WHITE = "#000000", "#ffffff"
# Okabe & Ito 2008: colours that colour-blind people can distinguish
BLUE, ORANGE, GREEN, PINK = "#0072B2", "#E69F00", "#009E73", "#CC79A7"
SKY, RED, YELLOW = "#56B4E9", "#D55E00", "#F0E442"
PALETTE = (BLUE, ORANGE, GREEN, PINK, SKY, RED)  # black and yellow are left out (no contrast in one theme)
SEGMENTS = (ORANGE, SKY, GREEN, PINK, RED, BLUE, YELLOW, "#949494")  # over photos, where yellow can be seen
GREY = "#8c8c8c"  # readable on white and on black: outliers, controls, the state before a change
MIDDLE = "#808080"  # translucent, for grids and whiskers
MISSING = "#888888"  # in place of a photo
EMPTY = "#5b636e"  # in place of a crop

INK = {False: "#1f2733", True: "#f2f4f7"}
PAPER = {False: "#fbfbf9", True: "#14181f"}
LINE = {False: "#d9dcd6", True: "#39424f"}
LINK = {False: "#0a5c9e", True: "#8cc4f4"}
BEST = {False: LINK[False], True: "#56a0dc"}  # behind figures of a table: the better, the stronger
# one hue, light to dark: order is visible without colour vision; the strong end stands out from each background
SHADES = {False: ("#eef3f8", LINK[False]), True: ("#252d38", "#79bdf5")}
# of −1, 0 and 1; 0 is close to the background, so that large values stand out in both themes
ENDS = {False: ("#a8481a", "#f1f3f5", LINK[False]), True: ("#e0854f", "#252d38", "#79bdf5")}
WARN = {False: "#b34700", True: "#ffb000"}  # no better than chance
FOR, AGAINST = BLUE, RED  # "against" is hatched as well
HATCH = "#f2b48a"  # between the lines of "against"
TOGETHER, APART = {False: BLUE, True: SKY}, {False: RED, True: ORANGE}
POINT = "#2b78bd"
FOCUS = ORANGE  # around the element with keyboard focus
STRONG, ALARM, SOME, AFTER = LINK[False], "#8f3a00", "#b57c00", "#0a78b8"
# inferno: even steps of brightness, so that a larger value looks stronger to everybody. Source: matplotlib, CC0
HEAT = ("#000004", "#1b0c41", "#4a0c6b", "#781c6d", "#a52c60", "#cf4446", "#ed6925", "#fb9b06", "#f7d13d", "#fcffa4")


def rgb(colour: str) -> tuple[int, int, int]:
    """Red, green, blue from 0 to 255."""
    red, green, blue = ImageColor.getrgb(colour)[:3]
    return red, green, blue


def css(red: int, green: int, blue: int) -> str:
    """The colour of red, green, blue in the notation of style sheets and Plotly."""
    return f"rgb({red},{green},{blue})"


def translucent(colour: str, opacity: float) -> str:
    """The colour with an opacity in [0, 1], in the notation of style sheets and Plotly."""
    red, green, blue = rgb(colour)
    return f"rgba({red},{green},{blue},{opacity:g})"


CLEAR = translucent(BLACK, 0)
GRID = translucent(MIDDLE, 0.25)
BESIDE = {False: translucent(WHITE, 0.82), True: translucent(PAPER[True], 0.82)}  # behind labels among points


def mixed(low: str, high: str, share: float) -> tuple[float, float, float]:
    """The colour between two, as Plotly interpolates: red, green, blue in [0, 1]."""
    red, green, blue = ((a + share * (b - a)) / 255 for a, b in zip(rgb(low), rgb(high), strict=True))
    return red, green, blue


def luminance(colour: tuple[float, float, float]) -> float:
    """Relative luminance of sRGB, as WCAG 2 defines it."""
    linear = [v / 12.92 if v <= 0.03928 else ((v + 0.055) / 1.055) ** 2.4 for v in colour]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: tuple[float, float, float], other: tuple[float, float, float]) -> float:
    """The contrast ratio of two colours, from 1 to 21; WCAG requires 4.5 for small text."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def ink_on(colour: tuple[float, float, float]) -> str:
    """Black or white, whichever has the larger contrast with the colour."""
    return max(BLACK, WHITE, key=lambda ink: contrast(mixed(ink, ink, 0), colour))
