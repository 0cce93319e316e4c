"""The config inside an SVG or an XMP packet, as its description."""

from html import escape
from xml.parsers import expat

from relu_anim.encoders.files import Bytes, DamagedError

_DESCRIPTION = "http://purl.org/dc/elements/1.1/ description"


def rdf(text: str) -> str:
    """The text as the description of what it stands in."""
    return (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:description><rdf:Alt>'
        f'<rdf:li xml:lang="x-default">{escape(text, quote=False)}</rdf:li>'
        "</rdf:Alt></dc:description></rdf:Description></rdf:RDF>"
    )


def packet(text: str) -> bytes:
    """The same as XMP."""
    return f'<x:xmpmeta xmlns:x="adobe:ns:meta/">{rdf(text)}</x:xmpmeta>'.encode()


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
