"""What VuFindHarvest does to a record before anyone maps it: the header's identifier and date are put into it."""

import re
from xml.sax.saxutils import escape

_START_TAG = re.compile(rb"""<[^\s/>!?]+(?:[^>"']|"[^"]*"|'[^']*')*>""")


def inject_header(raw: bytes, *, identifier: str, datestamp: str) -> bytes:
    """Return `raw` with `<identifier>` and `<datestamp>` as its root's first children.

    `raw` is one XML element in UTF-8; `identifier` is the id as it is to be indexed, `datestamp` the OAI-PMH header's.
    As VuFindHarvest's injectId and injectDate do it: as text behind the root's start tag, in no namespace and with no
    white space between them, so that the two run together in the record's text (`pubmed-54433062017-05-30`).
    A `raw` that does not begin with a start tag is returned as it is: its parser will say what it is.
    """
    match = _START_TAG.match(raw)
    if match is None:
        return raw
    tag = match.group()
    injected = f"<identifier>{escape(identifier)}</identifier><datestamp>{escape(datestamp)}</datestamp>".encode()
    if tag.endswith(b"/>"):
        name = re.split(rb"[\s/>]", tag[1:], maxsplit=1)[0]
        return tag[:-2].rstrip() + b">" + injected + b"</" + name + b">" + raw[match.end() :]
    return tag + injected + raw[match.end() :]
