"""Why a search finds a record, or does not, as a page."""

from starlette.testclient import TestClient

from tests.web.conftest import parsed


def told(client: TestClient, asked: str) -> dict[str, str]:
    page = parsed(client.get(f"/Record/b1?view=why&{asked}").text)
    return {" ".join(row.xpath("string(th)").split()): row.xpath("string(td)") for row in page.xpath("//main//tr")}


def test_each_word_and_each_filter(client: TestClient) -> None:
    rows = told(client, "lookfor=the+tea+cultivaton&type=Title&filter[]=format:%22Online%22")
    assert list(rows) == ["the", "tea", "cultivaton", "Format: Online"]
    assert "stop word" in rows["the"]
    assert "title" in rows["tea"]
    assert "does not have it where this search looks" in rows["cultivaton"]
    assert "title, title_full" in rows["cultivaton"]
    assert rows["cultivaton"].split()[-1] == "cultivation"
    assert "excludes the record" in rows["Format: Online"]
    assert "Book" in rows["Format: Online"]


def test_a_filter_that_is_named_there(client: TestClient) -> None:
    rows = told(client, "lookfor=tea&filter[]=language:%22English%22&narrow=format&to=Online")
    assert list(rows) == ["tea", "Language: English", "Format: Online"]
    assert "excludes the record" in rows["Format: Online"]
    page = parsed(client.get("/Record/b1?view=why&lookfor=tea&narrow=format&to=Online").text)
    assert page.xpath("//main//input[@name='filter[]']/@value") == ['format:"Online"']  # asked again it is there still
    assert client.get("/Record/b1?view=why&lookfor=tea&narrow=title&to=x").status_code == 400


def test_a_filter_can_be_taken_away_again(client: TestClient) -> None:
    page = parsed(client.get("/Record/b1?view=why&lookfor=tea&narrow=format&to=online").text)
    assert page.xpath("//main//input[@name='filter[]']/@value") == ['format:"Online"']  # however it is written
    [address] = page.xpath("//main//a[contains(., 'Remove')]/@href")
    page = parsed(client.get(address).text)
    assert page.xpath("//main//input[@name='filter[]']") == []
    assert "tea" in page.xpath("string(//main//table)")
    german = client.get("/Record/b1?view=why&lookfor=tea&narrow=format&to=Buch", headers={"accept-language": "de"})
    assert parsed(german.text).xpath("//main//input[@name='filter[]']/@value") == ['format:"Book"']


def test_words_of_a_phrase_that_stand_apart(client: TestClient) -> None:
    row = told(client, "lookfor=%22tea+cultivation%22&type=Title")["tea cultivation"]
    assert "not one after the other" in row
    assert "where this search does not look" not in row
    row = told(client, "lookfor=%22the+agriculture+of%22&type=Title")["the agriculture of"]
    assert "where this search does not look" in row  # what stands around the words need not
    row = told(client, "lookfor=%22agriculture+tea%22&type=Title")["agriculture tea"]
    assert "not one after the other" not in row


def test_other_fields_that_have_a_word(client: TestClient) -> None:
    assert "topic" in told(client, "lookfor=agriculture&type=Title")["agriculture"]


def test_nothing_is_asked_before_there_is_a_search(client: TestClient) -> None:
    page = parsed(client.get("/Record/b1?view=why").text)
    assert page.xpath("//main//table") == []
    assert page.xpath("//main//form//input[@name='lookfor']")
    assert client.get("/Record/b1?view=why&lookfor=" + "+".join("abcdefghijklmnopqrst")).status_code == 400
