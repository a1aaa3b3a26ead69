"""Generations on a standalone Solr: a core each, in a folder INDEX_NAME. The live one has the target's name, which core
admin's SWAP exchanges with that of the core in whose place it comes.

So names of cores say nothing after the first switch; a generation is told by its folder, which Solr never renames.
(RENAME would tidy the names up, but after a SWAP Solr 9 loses a core by it.)

    INDEX_NAME              a generation
    INDEX_NAME_adopted      an empty core; says that the core in a folder of another name is generation NAME
    INDEX_empty             an empty core that holds the target's name for the first SWAP, where nothing has it yet;
                            one that was loaded into, because no SWAP came, is a plain core
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import requests

from indexer.engines.generations import adopts_nothing, is_live, is_taken, not_adopted, not_there
from indexer.engines.solr.install import (
    admin,
    check_current,
    create_core,
    is_ours,
    reload_core,
    same_configuration,
    wait,
)
from indexer.engines.solr.preflight import check_solr
from indexer.engines.solr.room import full_disks
from indexer.engines.solr.sink import Product
from indexer.model.errors import PermanentError, TransientError
from indexer.model.generation import check_name, is_name
from indexer.model.targets import Target

_ADOPTED = "_adopted"
# A core's own data folder: a solrconfig.xml may name one for all cores that are made with it, as VuFind's does, where
# the next core would meet the lock of the live one. Solr lets its default, "data", give way to that.
_DATA = "own_data"
_SAME_CONFIGURATION = (
    "Copy the core's conf folder to configsets/NAME on the server, and set rebuild.configset to that NAME: cores that "
    "a re-index makes have it then. Nothing was changed."
)
_STARTING = "Solr is starting. Run the same command again in a minute."


@dataclass(frozen=True, slots=True)
class _Cores:
    """Those of the target. `generations` and `records` map the name of a generation to the name of a core now."""

    generations: dict[str, str]
    records: dict[str, str]
    plain: list[str]
    empty: str | None


class CoreGenerations:
    """A GenerationStore (engines.generations) over the cores of one server."""

    def __init__(self, target: Target, session: requests.Session, product: Product, configset: str) -> None:
        self._target = target
        self._session = session
        self._product = product
        self._configset = configset

    def live(self) -> str | None:
        return self._live(self._cores())

    def is_plain(self) -> bool:
        return self._target.index in self._cores().plain

    def there(self) -> list[str]:
        return sorted(self._cores().generations)

    def make(self, name: str) -> Target:
        self.mend()
        check_name(name)
        if name not in (cores := self._cores()).generations:
            self._create(self._folder(name), cores)
            return self.target(name)
        made = self.target(name)
        if self._live(cores) != name:
            reload_core(made, self._session, self._product)
            with self._or_none(made.index, self._folder(name)):
                self._check_configuration(made, cores)  # a call that was killed may have made it and not come to this
        check_solr(self._session, made)
        return made

    def target(self, name: str) -> Target:
        core = self._cores().generations.get(check_name(name))
        if core is None:
            raise not_there(self._target, name)
        return replace(self._target, index=core)

    def promote(self, name: str) -> None:
        self.mend()
        promoted = self.target(name)
        wait(promoted, self._session)
        if promoted.index == self._target.index:
            return
        cores = self._cores()
        if self._target.index in cores.plain:
            raise not_adopted(self._target)
        if self._live(cores) is None:
            self._create(self._target.index, cores, folder=f"{self._target.index}_empty")
        self._admin("SWAP", core=self._target.index, other=promoted.index)
        wait(self._target, self._session)
        wait(promoted, self._session)
        self.mend()

    def adopt(self, name: str) -> None:
        """The core that says so is made as generations are: where they would be refused, nothing is adopted."""
        self.mend()
        check_name(name)
        cores = self._cores()
        if self._live(cores) == name:
            return
        if self._target.index not in cores.plain:
            raise adopts_nothing(self._target)
        if name in cores.generations:
            raise is_taken(self._target, name)
        self._create(self._folder(name) + _ADOPTED, cores)

    def drop(self, name: str) -> None:
        """Of a core that was adopted its configuration is left on the server: nobody else may have it. So only the
        index goes where its data is not in a folder apart: VuFind's data folder is that of the core.
        """
        self.mend()
        check_name(name)
        cores = self._cores()
        if self._live(cores) == name:
            raise is_live(self._target, name)
        core = cores.generations.get(name)
        if core is not None:
            gone = "deleteInstanceDir"
            if name in cores.records:
                row = self._status()["status"][core]
                home, data = (re.split(r"[\\/]", row[key].rstrip("\\/")) for key in ("instanceDir", "dataDir"))
                apart = len(data) > len(home) and data[: len(home)] == home
                gone = "deleteDataDir" if apart else "deleteIndex"
            self._admin("UNLOAD", core=core, **{gone: "true"})
        self.mend()

    def trouble(self) -> list[str]:
        found = [f"core {core} does not start: {why}" for core, why in self._failures()]
        return found + full_disks(self._target, self._session, self._product)

    def hides(self) -> bool:
        """Solr says of a core that it could not load the name, which tells no generation, and not the folder."""
        return bool(self._failures())

    def close(self) -> None:
        self._session.close()

    def _create(self, core: str, cores: _Cores, *, folder: str = "") -> None:
        """An empty core, in a folder of its name where no other is given; none where it is refused."""
        made, folder = replace(self._target, index=core), folder or core
        how = _SAME_CONFIGURATION if self._is_foreign(cores) else ""
        with self._or_none(core, folder):
            options = {"configSet": self._configset, "dataDir": _DATA, "instanceDir": folder}
            create_core(made, self._session, self._product, how=how, **options)
            self._check_configuration(made, cores)
            check_solr(self._session, made)
            check_current(made, self._session, self._product, f"the server's configset {self._configset!r}")

    @contextmanager
    def _or_none(self, core: str, folder: str) -> Iterator[None]:
        """Removes a core of no documents in this folder, or one that Solr could not start now, where it is refused."""
        failed = self._status()["initFailures"]
        try:
            yield
        except PermanentError:
            status = self._status()
            row = status["status"].get(core)
            left = core in status["initFailures"] and core not in failed
            if row is not None:
                left = _folder(row) == folder and not self._documents(core)
            if left:
                self._admin("UNLOAD", core=core, deleteInstanceDir="true")
            raise

    def _is_foreign(self, cores: _Cores) -> bool:
        """Whether a live core is there that others configured (VuFind's)."""
        serving = self._target.index in {*cores.plain, *cores.generations.values()}
        return serving and not is_ours(self._target, self._session)

    def _check_configuration(self, made: Target, cores: _Cores) -> None:
        """A core that others configured serves them with its own handlers: the new one is to have the same. Where the
        live one is of ours, the configset may be a newer version of it.
        """
        if not self._is_foreign(cores) or same_configuration(self._target, made, self._session):
            return
        raise PermanentError(
            f"{self._target}: the live core has a configuration of its own, and configset {self._configset!r} is "
            "another one",
            advice=_SAME_CONFIGURATION,
        )

    def _folder(self, name: str) -> str:
        return f"{self._target.index}_{name}"

    def _live(self, cores: _Cores) -> str | None:
        return next((name for name, core in cores.generations.items() if core == self._target.index), None)

    def _cores(self) -> _Cores:
        beginning = f"{self._target.index}_"
        cores = _Cores({}, {}, [], None)
        empty = None
        status = self._status()
        if failure := status["initFailures"].get(self._target.index):
            raise PermanentError(
                f"{self._target}: the live core does not start: {failure}",
                advice="Solr's log says more.",
            )
        for core, row in status["status"].items():
            if not row.get("instanceDir"):  # it is being loaded
                if self._is_ours(core.removesuffix(_ADOPTED)):
                    raise TransientError(f"{self._target}: core {core} is still being loaded", advice=_STARTING)
                continue
            folder = _folder(row)
            rest = folder.removeprefix(beginning) if folder.startswith(beginning) else ""
            if is_name(rest):
                cores.generations[rest] = core
            elif rest.endswith(_ADOPTED) and is_name(rest.removesuffix(_ADOPTED)):
                cores.records[rest.removesuffix(_ADOPTED)] = core
            elif rest == "empty" and self._is_ours(core) and not self._documents(core):
                empty = core
            elif self._is_ours(core):
                cores.plain.append(core)
        if len(cores.plain) > 1:
            raise PermanentError(
                f"{self._target}: there are several cores that are not generations: {', '.join(sorted(cores.plain))}",
                advice="Unload those that are not needed any more (core admin's UNLOAD).",
            )
        if cores.plain and cores.records:
            cores.generations[min(cores.records)] = cores.plain.pop()
        return replace(cores, empty=empty)

    def mend(self) -> None:
        """Removes what a kill has left, and the record of a core that is gone."""
        cores = self._cores()
        left = [core for name, core in cores.records.items() if name not in cores.generations]
        if left and self.hides():
            left = []
        for core in [*left, *filter(None, [cores.empty])]:
            self._admin("UNLOAD", core=core, deleteInstanceDir="true")

    def _failures(self) -> list[tuple[str, str]]:
        """Cores of the target that Solr could not load, and why: it says their names, and not their folders."""
        failed = self._status()["initFailures"]
        return sorted((core, str(why)) for core, why in failed.items() if self._is_ours(core))

    def _is_ours(self, core: str) -> bool:
        """Whether a core has the target's name, or one that a generation has had."""
        beginning = f"{self._target.index}_"
        return core == self._target.index or (core.startswith(beginning) and is_name(core.removeprefix(beginning)))

    def _documents(self, core: str) -> int:
        answer = admin(self._target, self._session, "cores", action="STATUS", core=core)
        return int(answer["status"].get(core, {}).get("index", {}).get("numDocs", 0))

    def _status(self) -> dict[str, dict[str, Any]]:
        return admin(self._target, self._session, "cores", action="STATUS", indexInfo="false")

    def _admin(self, action: str, **params: str) -> None:
        admin(self._target, self._session, "cores", action=action, **params)


def _folder(row: dict[str, Any]) -> str:
    """The name of a core's folder."""
    return re.split(r"[\\/]", row["instanceDir"].rstrip("\\/"))[-1]
