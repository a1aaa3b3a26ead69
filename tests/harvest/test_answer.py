"""What an answer says, whole or not, in the many ways in which servers write it."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from indexer.harvest import answer
from indexer.harvest.answer import Answer, NotAnAnswer

NOON = datetime(2021, 6, 1, 12, tzinfo=UTC)
DATE = "<responseDate>2021-06-01T12:00:00Z</responseDate>"
RECORD = "<record><header><identifier>a</identifier></header><metadata><x/></metadata></record>"
LIST = f"<OAI-PMH>{DATE}<request/><ListRecords>{RECORD}{{}}</ListRecords></OAI-PMH>"


def read(folder: Path, text: str | bytes) -> Answer:
    file = folder / "page"
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return answer.read(str(file))


@pytest.mark.parametrize(
    ("token", "expected", "size"),
    [
        ("", "", None),
        ("<resumptionToken/>", "", None),
        ("<resumptionToken completeListSize='7' cursor='0'></resumptionToken>", "", 7),
        (
            '<resumptionToken expirationDate="2021-06-02" completeListSize="1234">a&amp;b </resumptionToken>',
            "a&b",
            1234,
        ),
        ("<resumptionToken>x&from=2&set=R&D&amp;y;&#38;&</resumptionToken>", "x&from=2&set=R&D&y;&&", None),
        ("<resumptionToken><![CDATA[x<y]]></resumptionToken>\n<!-- 0.2 s -->", "x<y", None),
    ],
)
def test_the_token(tmp_path: Path, token: str, expected: str, size: int | None) -> None:
    found = read(tmp_path, LIST.format(token))
    expires = datetime(2021, 6, 2, tzinfo=UTC) if "expirationDate" in token else None
    ends = bool(token) and not expected
    assert found == Answer(date=NOON, token=expected, ends=ends, size=size, expires=expires, records=1)


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        ("2021-06-01T12:00:00Z", NOON),
        ("2021-06-01T12:00:00", NOON),
        (" 2021-06-01T12:00:00.000Z\n", NOON),
        ("2021-06-01T14:00:00+02:00", NOON),
        ("2021-06-01", datetime(2021, 6, 1, tzinfo=UTC)),
    ],
)
def test_the_date(tmp_path: Path, date: str, expected: datetime) -> None:
    assert read(tmp_path, LIST.format("").replace("2021-06-01T12:00:00Z", date)).date == expected


@pytest.mark.parametrize("date", ["", "now", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59-12:00"])
def test_a_date_that_is_none(tmp_path: Path, date: str) -> None:
    assert read(tmp_path, LIST.format("").replace("2021-06-01T12:00:00Z", date)).date is None


def test_an_error_with_its_words(tmp_path: Path) -> None:
    found = read(tmp_path, f'<OAI-PMH>{DATE}<error code="badArgument">no &lt;from&gt;</error></OAI-PMH>')
    assert (found.error, found.words) == ("badArgument", "no <from>")
    assert read(tmp_path, f"<OAI-PMH>{DATE}<error/></OAI-PMH>").error == "without a code"


def test_a_prefix_another_encoding_and_what_stands_in_records(tmp_path: Path) -> None:
    record = (
        "<o:record><o:header/><o:metadata><d><error code='x'/><resumptionToken>no</resumptionToken></d></o:metadata>"
    )
    text = (
        '<?xml version="1.0" encoding="ISO-8859-1"?><o:OAI-PMH xmlns:o="http://www.openarchives.org/OAI/2.0/">'
        f"{DATE.replace('<', '<o:').replace('<o:/', '</o:')}<o:ListRecords>{record}</o:record>"
        "<o:resumptionToken>Käse</o:resumptionToken></o:ListRecords></o:OAI-PMH>"
    )
    assert read(tmp_path, text.encode("latin-1")) == Answer(date=NOON, token="Käse", records=1)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is empty"),
        ("<html><body>Log in</body></html>", "this is an HTML page"),
        ("Warning: out of memory", "format not recognised"),
        ("<rss><channel/></rss>", "not an answer of OAI-PMH"),
        (f"<OAI-PMH>{DATE}<ListSets/></OAI-PMH>", "neither what was asked for nor an error"),
        (b"\x1f\x8b\x08\x00cut", "the gzip stream"),
        ('<?xml version="1.0" encoding="x-none"?><OAI-PMH/>', "encoding 'x-none'"),
        (LIST.format("<resumptionToken>&nope;</resumptionToken>"), "its resumptionToken: the entity &nope; is not"),
    ],
)
def test_what_is_no_answer(tmp_path: Path, text: str | bytes, said: str) -> None:
    with pytest.raises(NotAnAnswer) as caught:
        read(tmp_path, text)
    assert said in caught.value.message


def test_cut_anywhere_it_is_no_answer(tmp_path: Path) -> None:
    whole = LIST.format("<resumptionToken>x</resumptionToken>")
    for size in range(len(whole)):
        with pytest.raises(NotAnAnswer):
            read(tmp_path, whole[:size])


@pytest.mark.parametrize("broken", [RECORD.removesuffix("</record>"), RECORD.replace("<x/>", "<record>"), "<record <"])
@pytest.mark.parametrize(
    "token", ["<resumptionToken>t</resumptionToken>", "<o:resumptionToken a='b'>t</o:resumptionToken>"]
)
def test_a_broken_record_does_not_take_the_token_along(tmp_path: Path, broken: str, token: str) -> None:
    """Without it the list would seem to be over, and the rest of it never be asked for."""
    assert read(tmp_path, LIST.format(broken + token)).token == "t"


@pytest.mark.parametrize("token", ["<resumptionToken>t", "<resumptionToken", "<resumptionToken>t<"])
@pytest.mark.parametrize("before", ["", RECORD.removesuffix("</record>")])
def test_a_token_that_cannot_be_read_is_not_the_end_of_the_list(tmp_path: Path, token: str, before: str) -> None:
    with pytest.raises(NotAnAnswer, match="its resumptionToken cannot be read"):
        read(tmp_path, LIST.format(before + token))
