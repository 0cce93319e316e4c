"""The description inside an SVG or an XMP packet."""

from xml.parsers import expat

from relu_anim.encoders.files import Bytes, DamagedError

_DESCRIPTION = "http://purl.org/dc/elements/1.1/ description"


def description(data: Bytes) -> bytes | None:
    """The text inside the first dc:description; no entity of the document's own making is ever expanded."""
    parts: list[str] = []
    depth = found = 0

    def start(name: str, _attributes: object) -> None:
        nonlocal depth, found
        depth += bool(depth) or name == _DESCRIPTION
        found += name == _DESCRIPTION

    def end(_name: str) -> None:
        nonlocal depth
        depth -= bool(depth)

    def text(piece: str) -> None:
        if depth and found == 1:
            parts.append(piece)

    def refuse(*_: object) -> None:
        raise DamagedError("it declares entities")

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, text
    parser.EntityDeclHandler = refuse
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise DamagedError(f"it is not whole XML: {error}") from error
    return "".join(parts).encode() if found else None
