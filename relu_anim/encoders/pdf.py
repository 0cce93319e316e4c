"""PDF: the last frame as lines and real text, with as much of the font as it needs.

No date and no random number stands in it. The identifier at its end is a hash of all that stands before, which tells
whether the file is whole.
"""

from __future__ import annotations

import re
from hashlib import sha256

from relu_anim.drawing.shapes import Drawing
from relu_anim.encoders import markup
from relu_anim.encoders.encoder import Encoder
from relu_anim.encoders.files import Bytes, DamagedError, take
from relu_anim.encoders.page import Page, number, packed
from relu_anim.fonts import Typeface

POINTS = 72 / 96  # a CSS pixel is 1/96 inch
HEAD = b"%PDF-1.4\n%\xf2\xe5\xec\xf5\n"
METADATA = b"<< /Type /Metadata /Subtype /XML /Length %d >>\nstream\n"  # begins the first object
BEGIN = re.compile(re.escape(HEAD + b"1 0 obj\n" + METADATA).replace(b"%d", b"([0-9]+)"))
END = re.compile(rb"/ID \[<([0-9a-f]{32})> <\1>\] >>\nstartxref\n([0-9]+)\n%%EOF\n\Z")
END_BYTES = 200  # more than that takes
FIRST = 9  # number of the first object that the page needs, after those that every file has


def draw(drawing: Drawing, config_text: str) -> bytes:
    """The picture as a page, as large as CSS pixels are on paper, with its description for who does not see it."""
    page = Page(drawing.shapes, Typeface(drawing.fonts))
    width, height = (number(side * POINTS) for side in drawing.size)
    across, up = (number(side * POINTS / own) for side, own in zip(drawing.size, drawing.pixels, strict=True))
    content = f"/Figure << /MCID 0 >> BDC\n{across} 0 0 {up} 0 0 cm\n{page.content}\nEMC"
    metadata = markup.packet(config_text)
    title = f"/Title {_text(drawing.title)} " if drawing.title else ""
    resources, objects = page.resources(FIRST)
    return _file(
        METADATA % len(metadata) + metadata + b"\nendstream",
        b"<< /Type /Catalog /Pages 3 0 R /Metadata 1 0 R /MarkInfo << /Marked true >> /StructTreeRoot 7 0 R"
        b" /ViewerPreferences << /DisplayDocTitle true >> >>",
        b"<< /Type /Pages /Kids [4 0 R] /Count 1 >>",
        f"<< /Type /Page /Parent 3 0 R /MediaBox [0 0 {width} {height}] /Contents 6 0 R /StructParents 0"
        f" /Resources << {resources} >> >>".encode(),
        f"<< {title}/Producer (relu-anim) >>".encode(),
        packed(content.encode()),
        b"<< /Type /StructTreeRoot /K 8 0 R /ParentTree << /Nums [0 [8 0 R]] >> >>",
        f"<< /Type /StructElem /S /Figure /P 7 0 R /Pg 4 0 R /K 0 /Alt {_text(drawing.alt)} >>".encode(),
        *objects,
    )


def _text(text: str) -> str:
    """A string of any characters."""
    return f"<feff{text.encode('utf-16-be').hex()}>"


def _file(*objects: bytes) -> bytes:
    """The objects, a table of where each begins, and a hash of it all."""
    data, places = bytearray(HEAD), []
    for index, content in enumerate(objects, 1):
        places.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (index, content)
    table = len(data)
    data += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    data += b"".join(b"%010d 00000 n \n" % place for place in places)
    data += b"trailer\n<< /Size %d /Root 2 0 R /Info 5 0 R " % (len(objects) + 1)
    digest = _digest(data)
    return bytes(data) + b"/ID [<%s> <%s>] >>\nstartxref\n%d\n%%%%EOF\n" % (digest, digest, table)


def _digest(data: Bytes | bytearray) -> bytes:
    return sha256(data).hexdigest()[:32].encode()


def read_text(data: Bytes) -> bytes | None:
    """The description in the metadata of a PDF of ours that is whole; other programs' have none that is read."""
    begin = BEGIN.match(data)
    if begin is None:
        return None
    end = END.search(data, max(len(data) - END_BYTES, 0))
    if end is None:
        raise DamagedError("the file does not end as a whole PDF does")
    if _digest(data[: end.start()]) != end[1] or b"%d" % (data.rfind(b"\nxref\n") + 1) != end[2]:
        raise DamagedError("its check sum is wrong")
    return markup.description(take(data, begin.end(), int(begin[1])))


def _begins(head: bytes) -> bool:
    return head.startswith(b"%PDF-")


ENCODER = Encoder(_begins, read_text, draw=draw)
