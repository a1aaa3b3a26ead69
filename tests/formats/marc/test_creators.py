import pytest

from indexer.formats.marc.creators import Creator, clean_name
from tests.formats.marc.made import document, marc_record


def test_a_name_stands_once_for_each_of_its_roles() -> None:
    made = document(
        marc_record(
            "001 1",
            "100 1# $aShaw, George Bernard, $d1856-1950, $eauthor, $edubious author.",
            "700 1# $aGrey, Ann, $eillustrator. $4trl $4trl",
        )
    )
    assert made["author"] == ["Shaw, George Bernard, 1856-1950"] * 2
    assert made["author_role"] == ["aut", "dub"]
    assert made["author_variant"] == ["g b s gb gbs"] * 2
    assert made["author2"] == ["Grey, Ann"] * 2
    assert made["author2_role"] == ["ill", "trl"]
    assert made["author_sort"] == "Shaw, George Bernard, 1856-1950"


def test_names_without_a_relator_go_by_their_tags() -> None:
    made = document(
        marc_record("001 1", "700 1# $aB, B.", "110 2# $aBody. $bPart.", "100 1# $aA, A.", "711 2# $aMeeting $cOslo")
    )
    assert (made["author"], made["author_role"]) == (["A, A."], [""])
    assert (made["author2"], made["author2_role"]) == (["B, B."], [""])
    assert made["author_corporate"] == ["Body. Part", "Meeting"]
    assert made["author_sort"] == "B, B."  # the first in the record


def test_a_relator_moves_a_name_to_where_it_belongs() -> None:
    made = document(marc_record("001 1", "100 1# $aA, A. $4prf", "700 1# $aB, B. $4aut"))
    assert (made["author"], made["author_role"]) == (["B, B."], ["aut"])
    assert (made["author2"], made["author2_role"]) == (["A, A."], ["prf"])


@pytest.mark.parametrize(
    ("relators", "roles"),
    [
        ("$eauthor", ["aut"]),
        ("$eAuthor.", ["aut"]),
        ("$4http://id.loc.gov/vocabulary/relators/aut", ["aut"]),
        ("$4https://id.loc.gov/vocabulary/relators/AUT", ["aut"]),
        ("$eauthor of all this", ["author of all this"]),  # unknown: as it is
        ("$eauthor of all this $4xyz", ["author of all this"]),  # $4 counts only where $e holds nothing unknown
        ("$eauthor $4xyz", ["aut", "xyz"]),
        ("$eformer owner", []),  # known, and no author
        ("$eillustrator", []),  # known, and author2's
        ("$eauthor $4aut", ["aut"]),  # one role said in two ways
        ("$ethis $4aut $ethis", ["aut", "this"]),
        ("$e $4aut", ["aut"]),  # an empty one says nothing
        ("$e $4", [""]),
        ("$efilm director", []),
    ],
)
def test_relators_are_read_as_codes_or_terms(relators: str, roles: list[str]) -> None:
    made = document(marc_record("001 1", f"100 1# $aA, A. {relators}"))
    assert made.get("author_role", []) == roles
    assert len(made.get("author", [])) == len(roles)


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("McGrew, Florence Delight.", "McGrew, Florence Delight"),
        ("Shaw, G. B.", "Shaw, G. B."),
        ("Taishō, Tomizō, 1924-", "Taishō, Tomizō, 1924-"),
        ("Name, 1900-. -", "Name, 1900-"),
        ("Name /", "Name"),
        ("Name [ : ;,", "Name"),
        ("Smith, Col.", "Smith, Col."),
        ("Lee, Mrs.", "Lee, Mrs."),
        ("Expo : Hannover, Germany)", "Expo : Hannover, Germany"),
        ("Expo (Hannover, Germany)", "Expo (Hannover, Germany)"),
        ("Me]", "Me"),
        ("", ""),
    ],
)
def test_a_catalogues_punctuation_goes(name: str, clean: str) -> None:
    assert clean_name(name) == clean


@pytest.mark.parametrize(
    ("name", "variant"),
    [
        ("Shaw, George Bernard", "g b s gb gbs"),
        ("Lu, Jian-Ke.", "j k l jkl"),
        ("Weiselfish-Giammatteo, Sharon.", "s w g swg"),
        ("Sibt ibn al-Farid,", "s i a f siaf"),  # nothing behind the comma: as it stands
        ("Nārāyaṇapaṇḍita,", "n"),
        ("Dkon-mchog-rgya-mtsho,", "d m dm"),  # of a name with hyphens two
        ("Noguchi, Yonʹe, 1875-1947.", "y - n y- y-n"),
        ("Santa-Maria, Maria L.", "m l s m mls mlsm"),  # all but the last letter, whosesoever it is
        ("A -B, C", "- c a -c -ca"),
        (", Lee M", "l m lm"),  # nothing in front of the comma
        ("", None),
    ],
)
def test_initials_stand_apart_and_together(name: str, variant: str | None) -> None:
    field = marc_record(f"100 1# $a{name}").fields[0]
    assert Creator(field, "a", "").initials == variant


def test_a_field_without_a_name_makes_no_creator() -> None:
    made = document(marc_record("001 1", "100 1# $a $4aut", "700 1# $aB, B.", "710 2# $b", "711 2# $x1"))
    assert {name: value for name, value in made.items() if name.startswith("author")} == {
        "author_role": ["aut"],  # VuFind leaves the role of nobody there
        "author2": ["B, B."],
        "author2_variant": ["b b bb"],
        "author2_role": [""],
        "author_corporate_role": ["", ""],
        "author_sort": "B, B.",
    }
