"""What is done on the operator's pages, and what is left of it."""

from starlette.testclient import TestClient

from indexer.config import Config
from indexer.engines.registry import open_index
from indexer.jobs.dead_letters import list_dead_letters
from tests.conftest import PATIENCE
from tests.web.conftest import parsed

REPLAY, DROP = "/staff/dead-letters/replay", "/staff/dead-letters/drop"


def pressed(client: TestClient, path: str, action: str, **changed: str) -> str:
    """Presses the button of a page's form; gives the text of the page that it leads to, once that is not under way."""
    page = parsed(client.get(path).text)
    (form,) = page.xpath(f"//form[@action='{action}']")
    fields = {field.get("name"): field.get("value") for field in form.xpath(".//input")} | changed
    answer = client.post(action, data=fields)
    for task in client.app.state.tasks._kept.values():  # type: ignore[attr-defined]
        assert task.done.wait(PATIENCE)
    answer = client.get(str(answer.url)) if answer.history else answer
    assert answer.headers["cache-control"] == "no-store"
    return " ".join(parsed(answer.text).xpath("string(//main)").split())


def left(config: Config, stage: str | None = None) -> list[str | None]:
    return [letter.document_id for letter in list_dead_letters(config=config, stage=stage).letters]


def documents(config: Config) -> set[str]:
    index = open_index(config.target(), connections=1)
    try:
        index.check()
        return set(index.ids())
    finally:
        index.close()
