"""What only a standalone Solr has: folders of cores, which say what their names do not."""

import shutil
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import requests

from indexer.engines.generations import GenerationStore
from indexer.engines.registry import install, open_generations
from indexer.engines.solr.core_generations import CoreGenerations
from indexer.engines.solr.schema import MARK
from indexer.jobs.generation_state import agree
from indexer.model.errors import PermanentError, TransientError
from indexer.model.targets import Target
from indexer.state import generations
from indexer.state.generations import live_index
from indexer.state.store import Store
from tests.generations.own_core import admin, cores, home_of, own_core
from tests.generations.places import FIRST, SECOND, THIRD, WORD, build, count, fill, plain
from tests.generations.readers import reading

KINDS = [pytest.param(kind, marks=pytest.mark.servers) for kind in ("solr", "solr10")]


def folders(target: Target) -> dict[str, str]:
    """The cores of the target: name -> folder, both without the target's name."""
    return {
        core.removeprefix(target.index): Path(status["instanceDir"]).name.removeprefix(target.index)
        for core, status in admin(target, "STATUS", indexInfo="false")["status"].items()
        if core.startswith(target.index)
    }


def test_names_of_cores_change_sides_and_their_folders_tell(place: GenerationStore, target: Target) -> None:
    for name, documents in ((FIRST, 1), (SECOND, 2), (THIRD, 3)):
        build(place, name, documents)
        place.promote(name)
    assert folders(target) == {"": f"_{THIRD}", f"_{THIRD}": f"_{SECOND}", f"_{SECOND}": f"_{FIRST}"}
    assert [count(place.target(name)) for name in (FIRST, SECOND, THIRD)] == [1, 2, 3]
    place.drop(FIRST)
    assert folders(target) == {"": f"_{THIRD}", f"_{THIRD}": f"_{SECOND}"}
    place.promote(SECOND)
    place.drop(THIRD)
    assert folders(target) == {"": f"_{SECOND}"}
    assert count(target) == 2


def test_a_core_that_was_adopted_leaves_its_configuration(place: GenerationStore, target: Target) -> None:
    plain(target, 3)
    folder = Path(admin(target, "STATUS", core=target.index)["status"][target.index]["instanceDir"])
    place.adopt(FIRST)
    assert folders(target) == {"": "", f"_{FIRST}_adopted": f"_{FIRST}_adopted"}
    build(place, SECOND, 5)
    place.promote(SECOND)
    place.drop(FIRST)
    assert folders(target) == {"": f"_{SECOND}"}
    if not folder.is_dir():
        pytest.skip("Solr runs in a container: its folders are not to be seen")
    assert not (folder / "data").exists()
    assert not Path(f"{folder}_{FIRST}_adopted").exists()


def test_a_plain_core_made_by_hand_after_the_adopted_one_went_is_plain(place: GenerationStore, target: Target) -> None:
    """The record of an adopted core that somebody unloaded says nothing of another one."""
    plain(target, 3)
    place.adopt(FIRST)
    admin(target, "UNLOAD", core=target.index, deleteInstanceDir="true")
    build(place, SECOND, 2)
    assert folders(target) == {f"_{SECOND}": f"_{SECOND}"}
    install(target)
    fill(target, 4)
    assert (place.live(), place.is_plain(), place.there()) == (None, True, [SECOND])


def test_two_plain_cores_are_nobodys_to_choose_from(place: GenerationStore, target: Target, tmp_path: Path) -> None:
    admin(target, "CREATE", name=target.index, configSet="biblio")
    other = f"{target.index}_{FIRST}"
    admin(target, "CREATE", name=other, configSet="biblio", instanceDir=f"{target.index}_by_hand")
    with pytest.raises(PermanentError, match="several cores"):
        place.live()
    with closing(Store(f"sqlite:///{tmp_path}/state.db")) as store:
        agree(store, target)  # a load needs no choice where nobody knows of generations
        assert live_index(store, str(target)) == str(target)
        generations.begin(store, str(target), SECOND, "ready")
        with pytest.raises(PermanentError, match="several cores"):
            agree(store, target)


def spoil(target: Target, core: str) -> None:
    """Lets a core fail to start: it is to use the folder of a generation, which has its lock."""
    cores = admin(target, "STATUS", indexInfo="false")["status"].values()
    taken = next(row["dataDir"] for row in cores if row["instanceDir"].endswith(f"{target.index}_{FIRST}"))
    params = {"action": "CREATE", "name": core, "configSet": "biblio", "dataDir": taken}
    assert requests.get(f"{target.base}/admin/cores", params=params, timeout=60).status_code == 400


def test_a_core_that_does_not_start(place: GenerationStore, target: Target) -> None:
    build(place, FIRST, 3)
    place.promote(FIRST)
    spoil(target, f"{target.index}_{SECOND}")
    assert place.there() == [FIRST]
    [words] = place.trouble()
    assert f"core {target.index}_{SECOND} does not start: " in words
    place.make(SECOND)
    assert place.there() == [FIRST, SECOND]
    assert place.trouble() == []
    assert count(target) == 3


def test_a_live_core_that_does_not_start(place: GenerationStore, target: Target) -> None:
    """Nothing takes its place: the next start of Solr would find two cores of one name."""
    build(place, FIRST, 3)
    spoil(target, target.index)
    try:
        assert [words for words in place.trouble() if f"core {target.index} does not start: " in words]
        with pytest.raises(PermanentError, match="the live core does not start"):
            place.promote(FIRST)
    finally:
        admin(target, "CREATE", name=target.index, configSet="biblio")


def test_a_core_with_a_configuration_of_its_own_is_followed_by_one_with_the_same(
    place: GenerationStore, target: Target
) -> None:
    plain(target, 3)
    folder = Path(admin(target, "STATUS", core=target.index)["status"][target.index]["instanceDir"])
    bundled = folder.parent / "configsets/biblio/conf"
    if not bundled.is_dir():
        pytest.skip("Solr runs in a container: no configset can be put there")
    own = bundled.parent.parent / f"own_{target.index}"
    shutil.copytree(bundled, own / "conf")
    try:
        schema = own / "conf/schema.xml"
        schema.write_text(schema.read_text().replace(MARK, "ours"))
        admin(target, "UNLOAD", core=target.index, deleteInstanceDir="true")
        admin(target, "CREATE", name=target.index, configSet=own.name)
        fill(target, 3)
        with closing(open_generations(target, configset=own.name)) as same:
            same.adopt(FIRST)
            with pytest.raises(PermanentError, match="configuration of its own, and configset 'biblio' is another one"):
                place.make(SECOND)
            assert (place.live(), place.there(), count(target)) == (FIRST, [FIRST], 3)
            build(same, SECOND, 5)
            same.promote(SECOND)
            assert (same.live(), count(target)) == (SECOND, 5)
            same.promote(FIRST)
            same.drop(SECOND)
    finally:
        shutil.rmtree(own)


def test_a_core_that_took_the_place_of_none_is_plain_once_it_was_loaded_into(
    place: GenerationStore, target: Target
) -> None:
    """A promotion was killed between the core that holds the name and the SWAP, and a load came before the next."""
    build(place, FIRST, 3)
    admin(target, "CREATE", name=target.index, configSet="biblio", instanceDir=f"{target.index}_empty")
    assert not place.is_plain()
    fill(target, 4)
    assert place.is_plain()
    place.mend()
    assert count(target) == 4
    place.adopt(SECOND)
    place.promote(FIRST)
    assert (count(target), count(place.target(SECOND))) == (3, 4)


def test_a_core_of_others_in_a_folder_of_that_name_stays(place: GenerationStore, target: Target) -> None:
    other = f"other-{target.index}"
    admin(target, "CREATE", name=other, configSet="biblio", instanceDir=f"{target.index}_empty")
    build(place, FIRST, 3)
    assert other in admin(target, "STATUS", indexInfo="false")["status"]
    admin(target, "UNLOAD", core=other, deleteInstanceDir="true")


def test_a_core_with_another_configuration_is_refused_by_the_second_call_too(
    place: GenerationStore, target: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain(target, 3)
    place.adopt(FIRST)
    monkeypatch.setattr("indexer.engines.solr.core_generations.is_ours", lambda *_: False)
    monkeypatch.setattr("indexer.engines.solr.core_generations.same_configuration", lambda *_: False)
    with monkeypatch.context() as killed:
        killed.setattr(CoreGenerations, "_check_configuration", lambda *_: None)  # a kill before it
        place.make(SECOND)
    with pytest.raises(PermanentError, match="configuration of its own"):
        place.make(SECOND)
    assert place.there() == [FIRST]


def test_generations_of_cores_that_do_not_start_are_not_forgotten(
    place: GenerationStore, target: Target, tmp_path: Path
) -> None:
    build(place, FIRST, 3)
    place.promote(FIRST)
    with closing(Store(f"sqlite:///{tmp_path}/state.db")) as store:
        generations.begin(store, str(target), SECOND, "former")
        generations.switch(store, str(target), FIRST)
        spoil(target, f"{target.index}_{SECOND}")
        agree(store, target)
        assert [each.name for each in generations.known(store, str(target))] == [SECOND, FIRST]
        admin(target, "UNLOAD", core=f"{target.index}_{SECOND}")
        agree(store, target)
        assert [each.name for each in generations.known(store, str(target))] == [FIRST]


def test_cores_that_are_being_loaded(place: GenerationStore, target: Target, monkeypatch: pytest.MonkeyPatch) -> None:
    """As Solr 9.10 tells of them while it starts: without their folders."""
    build(place, FIRST, 3)
    place.promote(FIRST)
    status = CoreGenerations._status

    def starting(self: CoreGenerations, core: str) -> Any:
        told = status(self)
        told["status"][core] = {"name": core, "isLoaded": "false", "isLoading": "true"}
        return told

    monkeypatch.setattr(CoreGenerations, "_status", lambda self: starting(self, "another"))
    assert place.live() == FIRST
    monkeypatch.setattr(CoreGenerations, "_status", lambda self: starting(self, target.index))
    with pytest.raises(TransientError, match="is still being loaded"):
        place.live()


def kept(target: Target) -> dict[str, str]:
    """Core -> the data folder that its core.properties names, "" for none: what a start of Solr goes by."""
    found = {}
    for file in home_of(target).glob(f"{target.index}*/core.properties"):
        rows = dict(line.split("=", 1) for line in file.read_text().splitlines() if "=" in line)
        found[rows["name"]] = rows.get("dataDir", "")
    return found


def apart(target: Target) -> int:
    """How many cores there are, each with a data folder that is in no other's."""
    folders = [data for _, data in cores(target).values()]
    assert not [(one, other) for one in folders for other in folders if one != other and other.startswith(f"{one}/own")]
    assert len(set(folders)) == len(folders)
    home = str(home_of(target))
    assert kept(target) == {
        name: "" if data == f"{home}/{target.index}" else "own_data" for name, (_, data) in cores(target).items()
    }
    return len(folders)


def test_a_core_whose_configuration_names_its_data_folder(target: Target) -> None:
    with own_core(target) as configset, closing(open_generations(target, configset=configset)) as place:
        fill(target, 3)
        with reading(target, "n2", WORD) as readers:
            place.adopt(FIRST)
            for name, documents in ((SECOND, 5), (THIRD, 6)):
                build(place, name, documents)
                place.promote(name)
                readers.look_again()
            assert apart(target) == 4  # with the one that says that the first is adopted
            for core in cores(target):
                admin(target, "RELOAD", core=core)
            assert [count(place.target(name)) for name in (FIRST, SECOND, THIRD)] == [3, 5, 6]
            place.promote(FIRST)
            readers.look_again()
            place.drop(THIRD)
            place.promote(SECOND)
            readers.look_again()
            assert apart(target) == 3
            place.drop(FIRST)
            readers.look_again()
        assert readers.problems == []
        assert readers.counts == {3, 5, 6}
        assert (apart(target), place.live(), place.there(), count(target)) == (1, SECOND, [SECOND], 5)
        folder = home_of(target) / target.index
        assert (folder / "conf/schema.xml").is_file()  # though its data folder is the core's own
        assert not list(folder.glob("index*"))


@pytest.mark.parametrize("refused", ["make", "adopt"])
def test_what_is_refused_leaves_the_cores_as_they_were(target: Target, refused: str) -> None:
    with own_core(target) as configset:
        fill(target, 3)
        home = home_of(target)
        other = home / f"configsets/{configset}_2"
        shutil.copytree(home / "configsets" / configset, other)
        solrconfig = other / "conf/solrconfig.xml"
        words = {
            "biblio": "configuration of its own",  # ours
            "none": "has no configset 'none'",
            other.name: "Error CREATEing SolrCore",
        }
        solrconfig.write_text(solrconfig.read_text().replace("solr.LogUpdate", "solr.NoSuchUpdate"))
        before = (cores(target), sorted(path.name for path in home.glob(f"{target.index}*")))
        try:
            for name, said in words.items():
                with closing(open_generations(target, configset=name)) as place:
                    with pytest.raises(PermanentError, match=said):
                        getattr(place, refused)(FIRST)
                    assert (place.live(), place.is_plain(), place.there(), place.trouble()) == (None, True, [], [])
                after = (cores(target), sorted(path.name for path in home.glob(f"{target.index}*")))
                assert after == before, name
        finally:
            shutil.rmtree(other)
        assert count(target) == 3
