"""What becomes of a whole record: ids, deletions, constants, and what went wrong."""

from pathlib import Path

import orjson
import pytest

from indexer.formats import to_document
from indexer.formats.profiles import resolve
from indexer.model.documents import Delete, Document
from indexer.model.errors import Dropped, RecordError
from indexer.model.records import Position, Record
from tests.formats.marc.iso import iso, title
from tests.formats.marc.made import document, marc_record


def loaded(raw: bytes, **profile: object) -> Document | Delete:
    return to_document(
        Record("test", "marc", raw, Position("test", 1)), resolve("marc", {"marc": profile} if profile else {})
    )


def test_a_record_becomes_a_whole_document() -> None:
    made = loaded(iso(*title(b"A title", b" 90-2211 ")))
    assert isinstance(made, Document)
    assert made.id == "90-2211"
    assert made.fields["title"] == "A title"
    assert made.fields["spelling"] == ["A title"]
    assert made.fields["institution"] == ["MyInstitution"]
    assert made.fields["record_format"] == "marc"
    assert "marc_error" not in made.fields
    full = made.fields["fullrecord"]
    assert isinstance(full, str)
    assert orjson.loads(full)["fields"][0] == {"001": " 90-2211 "}


def test_a_deleted_record_is_a_deletion_of_the_same_id() -> None:
    assert loaded(iso(*title(b"A title"), status=b"d"), id_prefix="cat-") == Delete("cat-1")


@pytest.mark.parametrize("lines", [[], ["001   "]])
def test_a_record_without_an_id_is_refused(lines: list[str]) -> None:
    with pytest.raises(RecordError, match="none to make its id of"):
        document(marc_record(*lines, "245 00 $aTitle"))


def test_of_two_control_numbers_the_last_counts() -> None:
    assert document(marc_record("001 a", "001 b"))["id"] == "b"


def test_ids_go_through_the_profile() -> None:
    record = marc_record("001 ocm42")
    assert document(record, id_search="^ocm", id_replace="", id_prefix="cat-")["id"] == "cat-42"


def test_what_was_repaired_in_reading_is_noted() -> None:
    made = loaded(iso(*title(b"Caf\xe9")))
    assert isinstance(made, Document)
    noted = made.fields["marc_error"]
    assert isinstance(noted, list)
    assert len(noted) == 1
    assert noted[0].startswith("245")


def test_a_field_that_cannot_be_made_costs_that_field(tmp_path: Path) -> None:
    local = tmp_path / "local.py"
    local.write_text(
        "from indexer.formats.marc.rules import field, marc\n\n\n"
        "def broken(record):\n    return 1 / 0\n\n\n"
        'field("series", broken)\n'
        'field("edition", marc("650a"))\n'
    )
    made = document(marc_record("001 1", "245 00 $aTitle", "650 #0 $aCats $aDogs"), mapping=str(local))
    assert made["title"] == "Title"
    assert "series" not in made
    assert made["edition"] == "Cats"
    assert made["marc_error"] == [
        "series: could not be made: division by zero",
        "edition: holds one value, the first of the 2 of this record",
    ]


def test_constants_win_over_the_bundled_mapping_and_stand_in_for_ones_own(tmp_path: Path) -> None:
    local = tmp_path / "local.py"
    local.write_text('from indexer.formats.marc.rules import field, marc\n\nfield("building", marc("852b"))\n')
    constants = {"building": "Main Library", "format": "Rare Book"}
    with_place = document(marc_record("001 1", "852 ## $bAnnex"), mapping=str(local), constants=constants)
    without = document(marc_record("001 1"), mapping=str(local), constants=constants)
    assert with_place["building"] == ["Annex"]
    assert without["building"] == ["Main Library"]
    assert with_place["format"] == ["Rare Book"]


def test_fields_come_in_vufinds_order_which_orders_copied_values() -> None:
    made = loaded(
        iso(
            ("001", b"1"),
            ("245", b"00\x1faTitle"),
            ("650", b" 0\x1faTopic"),
            ("700", b"1 \x1faB"),
            ("100", b"1 \x1faA"),
        )
    )
    assert isinstance(made, Document)
    assert made.fields["author_facet"] == ["A", "B"]
    assert made.fields["spellingShingle"] == ["A", "Title", "Topic"]


def test_numbers_and_addresses() -> None:
    made = document(
        marc_record(
            "001 1",
            "010 ## $a  2001-1 $a2",
            "020 ## $a0123456789 (pbk.)",
            "035 ## $a(OCoLC)ocm00012 $a(DE-599)7",
            "035 ## $aocn345 $aon0678",
            "035 ## $a(OCoLC)00901",
            "856 40 $uhttps://doi.org/10.1000/a%2Fb?x=1 $uhttp://example.org/x",
            "856 40 $uurn:doi:10.1000/c#part",
            "856 40 $uhttps://proxy.example.org/?url=https://doi.org/10.1000/d",
            "008 780525s1899    xx            000 0 eng  ",
            "041 1# $aeng $afre $hxyz $aengfre",
        )
    )
    assert made["lccn"] == "2001-1"
    assert made["isbn"] == ["0123456789 (pbk.)"]
    assert made["oclc_num"] == ["12", "345", "678", "901"]
    assert made["doi_str_mv"] == ["10.1000/a/b", "10.1000/c", "10.1000/d"]
    assert len(made["url"]) == 4
    assert made["language"] == ["English", "French"]


@pytest.mark.parametrize("kind", "zuvxy")
def test_authorities_and_holdings_are_left_out_unless_they_are_let_in(kind: str) -> None:
    record = marc_record("001 1", "100 1# $aDoe, Jane", leader=kind)
    with pytest.raises(Dropped, match=f"leader/06 {kind}"):
        document(record)
    assert document(record, options={"all_types": True})["author"] == ["Doe, Jane"]


def test_records_of_other_formats_are_refused_by_name() -> None:
    unimarc = marc_record("001 1", "100 ## $a20150326d2015    m  y0frey50      ba", "200 1# $aTitre $fAuteur")
    with pytest.raises(RecordError, match=r"UNIMARC .* RUSMARC"):
        document(unimarc)
    with pytest.raises(RecordError, match="PICA"):
        document(marc_record("001 1", "003@ ## $0123", "021A ## $aTitel"))
    assert document(marc_record("001 1", "100 1# $aDoe, Jane", "200 ## $aNo title"))["author"] == ["Doe, Jane"]
