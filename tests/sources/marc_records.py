"""Small records of MARC, and what is no record."""

from tests.formats.marc.iso import iso, title

LEADER = "00000nam a2200000 a 4500"
ONE, TWO, THREE = (iso(*title(b"T" * n, b"%d" % n)) for n in (1, 2, 3))
JSON = (
    b'{"leader":"%s","fields":[{"001":"1"},{"245":{"ind1":"1","ind2":"0","subfields":[{"a":"T"}]}}]}' % LEADER.encode()
)


def xml(n: int, prefix: str = "") -> bytes:
    return (
        f"<{prefix}record>\n<{prefix}leader>{LEADER}</{prefix}leader>"
        f'<{prefix}controlfield tag="001">{n}</{prefix}controlfield></{prefix}record>'
    ).encode()


JUNK = b"<html>502 Bad Gateway: try again later</html>\n"
