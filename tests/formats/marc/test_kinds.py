import pytest

from indexer.formats.marc import maps
from indexer.formats.marc.kinds import codes, formats, illustrated
from tests.formats.marc.made import marc_record


def fixed(**positions: str) -> str:
    """An 008 of blanks with characters at these positions (`p26="a"`)."""
    line = list(" " * 40)
    for name, character in positions.items():
        line[int(name[1:])] = character
    return f"008 {''.join(line)}"


@pytest.mark.parametrize(
    ("leader", "lines", "found"),
    [
        ("am", [], ["Book"]),
        (
            "am",
            ["086 ## $aY 4.", "502 ## $aThesis", "711 2# $aMeeting"],
            "GovernmentDocument Thesis ConferenceProceeding Book",
        ),
        ("am", ["245 00 $aTitle $h[Electronic Resource]"], ["Electronic", "Book"]),
        ("am", ["338 ## $aonline resource $2rdacarrier", fixed(p23="o")], ["Electronic", "eBook"]),
        ("am", ["338 ## $bcr $2rdacarrier"], ["Electronic", "Book"]),
        ("am", ["338 ## $bcr"], ["Book"]),  # the list is not named
        ("am", ["007 cr |||"], ["Book"]),  # remote: not by this alone
        ("am", ["007 cz |||"], ["Software", "Book"]),
        ("am", ["007 hd |||"], ["Microfilm", "Book"]),
        ("gm", ["007 vd cvai"], ["Video", "VideoDisc"]),
        ("gm", ["007 vd csai"], ["Video", "BRDisc"]),
        ("gm", ["336 ## $btdi $2rdacontent"], ["Video"]),
        (
            "gm",
            ["336 ## $atwo-dimensional moving image $2rdacontent", "338 ## $bcr $2rdacarrier"],
            "Electronic Video VideoOnline",
        ),
        ("gm", [fixed(p33="v")], ["Video"]),
        ("gm", [fixed(p33="s", p34="a")], ["MotionPicture"]),  # it moves
        ("gm", ["007 gs |", fixed(p34="l")], ["Slide", "MotionPicture"]),
        ("gm", ["007 gf |"], ["Filmstrip"]),
        ("am", ["338 ## $aOnline resource $2rdacarrier"], ["Book"]),  # the term as the list has it, and no other
        ("ci", [fixed(p22="o")], ["MusicalScore", "PhysicalIntegratingResource"]),
        ("am", ["007 ka |"], ["Photo"]),
        ("gm", [], ["ProjectedMedium"]),
        ("gm", ["007 gs |"], ["Slide"]),
        ("cm", [], ["MusicalScore", "Book"]),
        ("em", [fixed(p25="e")], ["Atlas"]),
        ("em", ["007 ad |", fixed(p25="d")], ["Atlas", "Globe"]),
        ("fm", [], ["Map"]),
        ("im", ["007 ss |"], ["SoundCassette", "SoundRecording"]),
        ("jm", ["007 sd |"], ["SoundDisc", "MusicRecording"]),
        ("km", [fixed(p33="n")], ["Chart"]),
        ("km", ["007 kh |"], ["Photo"]),
        ("km", [], ["Image"]),
        ("mm", [fixed(p26="a")], ["Electronic", "DataSet"]),
        ("mm", [fixed(p26="d")], ["Electronic", "eBook"]),
        ("mm", [fixed(p26="i")], ["Electronic", "InteractiveMultimedia", "eBook"]),
        ("om", [], ["Kit", "Book"]),
        ("rm", [], ["PhysicalObject"]),
        ("tm", [], ["Manuscript", "Book"]),
        ("tm", ["502 ## $aThesis"], ["Thesis", "Book"]),
        ("aa", ["773 0# $gVol. 1"], ["Article"]),
        ("aa", ["773 0# $tHost"], ["BookComponentPart"]),
        ("ab", [], ["SerialComponentPart"]),
        ("ai", [fixed(p21="w")], ["Website"]),
        ("ai", [fixed(p22="o")], ["OnlineIntegratingResource"]),
        ("ai", [], ["PhysicalIntegratingResource"]),
        ("as", [fixed(p21="n")], ["Newspaper"]),
        ("as", [fixed(p21="p")], ["Journal"]),
        ("as", [], ["Serial"]),
        ("as", ["711 2# $aMeeting"], ["ConferenceProceeding"]),
        ("ac", [], ["Kit"]),
        ("ad", [], ["Kit"]),
        ("a ", [], ["Text"]),
        ("  ", [], ["Unknown"]),
        ("AM", [], ["Book"]),
        ("am", ["007 ", "008 short"], ["Book"]),
    ],
)
def test_the_coded_positions_say_what_it_is(leader: str, lines: list[str], found: str | list[str]) -> None:
    expected = found.split() if isinstance(found, str) else found
    assert codes(marc_record("001 1", *lines, leader=leader)) == expected


def test_formats_are_named_each_once() -> None:
    record = marc_record("007 sd |", "007 sd |", leader="im")
    assert codes(record) == ["SoundDisc", "SoundDisc", "SoundRecording"]
    assert formats(record) == ["CD", "Audio"]


def test_every_code_has_a_name() -> None:
    from indexer.formats.marc import kinds

    by_007 = {name for names in kinds._BY_007.values() for name in names.values() if name}
    assert by_007 | set(kinds._COMPUTER_FILES.values()) <= maps.table("formats").keys()


@pytest.mark.parametrize(
    ("leader", "lines", "expected"),
    [
        ("am", [fixed(p18="a")], "Illustrated"),
        ("am", [fixed(p21="p")], "Illustrated"),
        ("am", [fixed(p18="|", p22="a")], "Not Illustrated"),
        ("am", ["006 a  b "], "Illustrated"),
        ("cm", [fixed(p18="a")], "Not Illustrated"),  # other things than texts have other codes there
        ("cm", ["300 ## $a1 score $bcol. Ill. ;"], "Illustrated"),
        ("am", ["300 ## $a12 p. : $bmaps, Illustrations"], "Illustrated"),
        ("am", ["300 ## $aill. 12 p. $bmaps"], "Not Illustrated"),
        ("am", [], "Not Illustrated"),
    ],
)
def test_illustrations_are_told_by_codes_or_words(leader: str, lines: list[str], expected: str) -> None:
    assert illustrated(marc_record(*lines, leader=leader)) == expected
