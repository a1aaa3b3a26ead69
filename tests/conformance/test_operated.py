"""What is changed from the operator's pages, on every engine."""

from contextlib import closing
from pathlib import Path

from starlette.testclient import TestClient

from indexer.engines.registry import open_index
from indexer.jobs.dead_letters import list_dead_letters
from indexer.model.books import HELD
from indexer.model.targets import Target
from indexer.web.access import Staff
from indexer.web.app import application
from tests.web.acting import DROP, REPLAY, documents, left, pressed
from tests.web.conftest import HERE, PASSWORD, basic, make_site


def test_records_are_tried_again_and_held_deletions_carried_out(target: Target, tmp_path: Path) -> None:
    site = make_site(tmp_path, str(target))
    loaded = {f"t{number}" for number in range(20)} - {"t3", "t4", "t5"}
    assert documents(site.config) == loaded
    with closing(open_index(target)) as index:
        index.check()
        app = application(index, operator=Staff(site.config, PASSWORD.encode()))
        with TestClient(app, base_url=HERE, headers=basic(PASSWORD), raise_server_exceptions=False) as staff:
            assert "0 of 1 came through." in pressed(staff, "/staff/dead-letters/1", REPLAY)
            site.mend()
            assert "3 of 3 came through." in pressed(staff, "/staff/dead-letters?source=theses", REPLAY)
            assert left(site.config) == []
            assert documents(site.config) == loaded | {"t3", "t4", "t5"}
            (site.folder / "dumps/2.delete").write_text("".join(f"t{number}\n" for number in range(3, 20)))
            site.sync()
            assert left(site.config, HELD) == [f"t{number}" for number in range(3, 20)]
            first = list_dead_letters(config=site.config, stage=HELD).letters[0]
            assert "1 of 1 came through." in pressed(staff, f"/staff/dead-letters/{first.id}", REPLAY)
            assert "16 are forgotten." in pressed(staff, "/staff/dead-letters?stage=held", DROP)
            assert documents(site.config) == loaded | {"t4", "t5"}
