"""Where the generations of a target lie, and the one switch between them: the same verbs on every engine.

A generation is an index of its own with our schema. One of them is live: the engine serves it under the target's URL.
What each engine makes of that is in the module of its name.

    embedded        a folder PATH/generations/NAME; the file PATH/live names the live one
    Elasticsearch,  an index INDEX_NAME; the alias INDEX stands for the live one
    OpenSearch
    SolrCloud       a collection INDEX_NAME; the alias INDEX stands for the live one
    Solr            a core in a folder INDEX_NAME; the live one has the name INDEX, given by SWAP

Each verb may be called again after a kill at any point: it goes on, or cleans up first. Who calls them holds the
target's lock; readers need none.
"""

from typing import Protocol

from indexer.model.errors import PermanentError
from indexer.model.targets import Target


class GenerationStore(Protocol):
    """The generations of one target. Every method raises PermanentError or TransientError for what the engine does.

    A name is one of names.new_name; anything else raises ValueError.
    """

    def live(self) -> str | None:
        """The generation that the engine serves under the target's URL. None: there is nothing, or a plain index."""
        ...

    def is_plain(self) -> bool:
        """Whether an index is served under the target's URL that is no generation of ours: to be adopted, or left."""
        ...

    def there(self) -> list[str]:
        """The generations that lie on the engine, the live one among them, oldest first."""
        ...

    def make(self, name: str) -> Target:
        """An empty generation beside the live one, with our schema; what is there already is left as it is. Returns
        what `open_index` opens it by, until the next `promote`.
        """
        ...

    def target(self, name: str) -> Target:
        """What `open_index` opens a generation by, until the next `promote`. Raises PermanentError when it is not
        there.
        """
        ...

    def promote(self, name: str) -> None:
        """The switch: readers find the former live generation before it, this one after it, and nothing in between.

        The former one stays. Raises PermanentError when the generation is not there, or a plain index is in the way.
        """
        ...

    def adopt(self, name: str) -> None:
        """Makes the plain index a live generation of this name, while readers are served. Does nothing when it is
        that generation already. Raises PermanentError when there is no plain index.

        On Elasticsearch and OpenSearch the index is a new one afterwards, with the same documents and another
        identity (Index.identity).
        """
        ...

    def drop(self, name: str) -> None:
        """Removes a generation, which may be gone already. Raises PermanentError for the live one."""
        ...

    def mend(self) -> None:
        """Takes away what a killed call has left. The verbs above begin with it; for whoever only writes to the live
        index, an adoption may have left it closed to that.
        """
        ...

    def trouble(self) -> list[str]:
        """Why nothing should be promoted now, each in a sentence: the cluster is not well, a node is lost, no room on
        a disk. Empty when all is well.
        """
        ...

    def hides(self) -> bool:
        """Whether there may be generations that the engine does not show now: those that it could not start."""
        ...

    def close(self) -> None: ...


def not_there(target: Target, name: str) -> PermanentError:
    return PermanentError(
        f"{target}: there is no generation {name}", advice="`indexer generations` names those that are there."
    )


def not_adopted(target: Target) -> PermanentError:
    return PermanentError(
        f"{target}: this index is not a generation of ours yet, so nothing can take its place",
        advice="Let it be adopted first. Nothing was changed.",
    )


def adopts_nothing(target: Target) -> PermanentError:
    return PermanentError(f"{target}: there is no plain index to adopt", advice="Nothing was changed.")


def is_taken(target: Target, name: str) -> PermanentError:
    return PermanentError(
        f"{target}: generation {name} is there already, and is another index",
        advice="Adopt it under another name. Nothing was changed.",
    )


def is_live(target: Target, name: str) -> PermanentError:
    return PermanentError(
        f"{target}: generation {name} is live, so it is not dropped",
        advice="Promote another one first. Nothing was changed.",
    )


def no_room(free: float, total: float) -> bool:
    """Whether a disk (bytes) is so full that its engine may refuse to write soon: less than 5 % and 10 GB is free."""
    return free < min(0.05 * total, 10e9)
