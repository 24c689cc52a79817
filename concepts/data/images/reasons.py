"""Why bytes are not read as a picture, in one line."""

import io

from PIL import Image, TiffImagePlugin, UnidentifiedImageError

HEIF_BRANDS = (b"heic", b"heix", b"mif1", b"heim", b"heis")
BITS, COMPRESSION, PHOTOMETRIC, BANDS, PLANES, SAMPLE_FORMAT = 258, 259, 262, 277, 284, 339  # TIFF's tags
NUMBERS = {1: "unsigned", 2: "signed", 3: "float", 5: "complex", 6: "complex float"}
COLOURS = {0: "grey", 1: "grey", 2: "RGB", 3: "palette", 5: "CMYK", 6: "YCbCr", 8: "Lab", 9: "Lab", 32803: "raw sensor"}
SHOWN = 4  # bands that a picture for people has at most


def is_heif(data: bytes) -> bool:
    """Whether the bytes start as an HEIC picture does."""
    return data[4:8] == b"ftyp" and data[8:12] in HEIF_BRANDS


def decoding_reason(error: Exception, data: bytes, *, heif: bool) -> str:
    """What is wrong with the bytes, on which decoding raised the error; heif: whether HEIC pictures can be read."""
    if is_heif(data):
        start = "a damaged HEIC picture, or one of an unusual kind" if heif else "an HEIC picture, which is not read"
        return f"{start}: convert it to JPEG or PNG"
    if isinstance(error, UnidentifiedImageError | KeyError) and (layout := _tiff_layout(data)):
        return layout
    if isinstance(error, UnidentifiedImageError):
        return f"not a picture, or its header is damaged (it starts with {data[:12]!r})"
    if isinstance(error, Image.DecompressionBombError | Image.DecompressionBombWarning):
        return "more pixels than Pillow accepts: make it smaller"
    return f"damaged picture: {str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__}"


def _tiff_layout(data: bytes) -> str | None:
    """What a TIFF that Pillow cannot open is made of, and what to do; None where that cannot be read."""
    tags = _tiff_tags(data)
    if tags is None or BITS not in tags:
        return None
    bands = int(tags.get(BANDS, 1))
    if bands > SHOWN:
        return f"a TIFF of {bands} bands, which is not read: export three of them as RGB"
    return (
        f"a TIFF of an unusual kind, which is not read ({_described(tags, bands)}): "
        "export it as RGB or grey with 8 or 16 bits"
    )


def _tiff_tags(data: bytes) -> TiffImagePlugin.ImageFileDirectory_v2 | None:
    if not data.startswith(tuple(TiffImagePlugin.PREFIXES)):
        return None
    try:
        tags = TiffImagePlugin.ImageFileDirectory_v2(data[: 16 if 43 in data[2:4] else 8])
        file = io.BytesIO(data)
        file.seek(tags.next)
        tags.load(file)
        return tags if isinstance(tags.get(BANDS, 1), int) else None
    except Exception:  # as in decoding: malicious bytes raise nearly every built-in exception
        return None


def _described(tags: TiffImagePlugin.ImageFileDirectory_v2, bands: int) -> str:
    """Such as "RGB, 3 bands of 32 bits, float, stored apart, compression 5"."""
    bits = _first(tags[BITS])
    parts = [
        COLOURS.get(tags.get(PHOTOMETRIC, 1), f"colours of kind {tags.get(PHOTOMETRIC)}"),
        f"{bands} band{'s' * (bands > 1)} of {bits} bit{'s' * (bits != 1)}",
        NUMBERS.get(_first(tags.get(SAMPLE_FORMAT, 1)), "unknown numbers"),
        *(["stored apart"] if tags.get(PLANES) == 2 else []),
        *([f"compression {tags[COMPRESSION]}"] if tags.get(COMPRESSION, 1) != 1 else []),
    ]
    return ", ".join(parts)


def _first(values: object) -> object:
    return values[0] if isinstance(values, tuple) else values
