"""When a record was last changed."""

import pytest

from indexer.derive.tracking import Change
from indexer.formats.changes import change_of
from indexer.formats.marc.changed import last_change
from indexer.model.documents import Fields
from indexer.model.records import Header, Position, Record

STAMP, ENTERED = "20200102030405.6", "850101s1984    xxu           000 0 eng d"
CHANGED = 1_577_934_245  # 2020-01-02T03:04:05Z
IN_1985 = 473_385_600


def iso2709(**fields: str) -> bytes:
    """A record with these control fields, f005="..."."""
    directory, data = b"", b""
    for name, value in fields.items():
        field = value.encode() + b"\x1e"
        directory += f"{name[1:]}{len(field):04}{len(data):05}".encode()
        data += field
    base = 24 + len(directory) + 1
    leader = f"{base + len(data) + 1:05}nam a22{base:05} a 4500".encode()
    return leader + directory + b"\x1e" + data + b"\x1d"


def marcxml(prefix: str = "", **fields: str) -> bytes:
    body = "".join(
        f"<{prefix}controlfield tag='{name[1:]}'>{value}</{prefix}controlfield>" for name, value in fields.items()
    )
    return f"<{prefix}record><{prefix}leader>00000nam a2200000 a 4500</{prefix}leader>{body}</{prefix}record>".encode()


def in_json(**fields: str) -> bytes:
    body = ", ".join(f'{{"{name[1:]}": "{value}"}}' for name, value in fields.items())
    return f'{{"leader": "00000nam a2200000 a 4500", "fields": [{body}]}}'.encode()


@pytest.mark.parametrize("written", [iso2709, marcxml, lambda **f: marcxml("marc:", **f), in_json])
@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"f001": "x", "f005": STAMP, "f008": ENTERED}, CHANGED),
        ({"f005": STAMP[:14]}, CHANGED),
        ({"f001": "x", "f008": ENTERED}, IN_1985),
        ({"f008": "680101" + ENTERED[6:]}, 3_092_601_600),
        ({"f008": "690101" + ENTERED[6:]}, -31_536_000),
        ({"f001": "x"}, 0),
        ({"f005": "2020", "f008": ENTERED}, 0),  # a 005 that is no date: not made up for, as in VuFind
        ({"f005": "20201302030405.6"}, 0),
        ({"f005": "", "f008": ENTERED}, 0),
        ({"f008": "      s1984"}, 0),
        ({"f001": 'tag 005 20200102030405.6 \\"005\\"'}, 0),
    ],
)
def test_the_last_change_of_a_marc_record(written, fields: dict[str, str], expected: int) -> None:  # type: ignore[no-untyped-def]
    assert last_change(written(**fields)) == expected


@pytest.mark.parametrize("raw", [b"", b"x", b"12", iso2709(f005=STAMP)[:30], b"<record>", b"{", b"\x1e" * 40])
def test_what_is_no_record_was_never_changed(raw: bytes) -> None:
    assert last_change(raw) == 0


def record(format: str, raw: bytes = b"", datestamp: str | None = None) -> Record:
    return Record("s", format, raw, Position("f", 1), Header("1", datestamp) if datestamp else None)


BOTH: Fields = {"first_indexed": "1970-01-01T00:00:01Z", "last_indexed": "1970-01-01T00:00:02Z"}


@pytest.mark.parametrize(
    ("record", "fields", "expected"),
    [
        (record("marc", iso2709(f005=STAMP)), {}, Change(CHANGED)),
        (record("marc", iso2709(f005=STAMP), "2021-01-01"), {}, Change(CHANGED)),  # VuFind asks the record alone
        (record("oai_dc", b"<dc/>", "2020-01-02T03:04:05Z"), {}, Change(CHANGED, later_only=True)),
        (record("oai_dc", b"<dc/>", "some day"), {}, Change(0, later_only=True)),
        (record("csv", b"a,b"), {}, Change(0, later_only=True)),
        (
            record("solr_json", b"{}"),
            {"record_format": "marc", "fullrecord": in_json(f005=STAMP).decode()},
            Change(CHANGED),
        ),
        (record("solr_json", b"{}"), {"record_format": "ojs", "fullrecord": "x"}, Change(0, later_only=True)),
        (record("solr_json", b"{}"), BOTH, Change(own=(1, 2))),
        (record("solr_json", b"{}"), {"first_indexed": "1970-01-01T00:00:01Z"}, None),
        (record("solr_json", b"{}"), {**BOTH, "last_indexed": "soon"}, None),
    ],
)
def test_where_the_date_of_change_stands(record: Record, fields: Fields, expected: Change | None) -> None:
    assert change_of(record, {"id": "1", **fields}) == expected
