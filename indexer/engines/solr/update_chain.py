"""The update chain that documents go through in a Solr core, and what its processors would do to ours.

Read from solrconfig.xml: the Config API leaves out what most processors are told. Solr runs the chain that /update
names (update.chain), else the one marked as default, else its own, which changes nothing.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from lxml import etree

from indexer.model.schema import Schema

_TOLERANT = "TolerantUpdateProcessorFactory"
#: Processors that leave a document as it is, or add a field that it lacks.
_HARMLESS = {
    "DefaultValueUpdateProcessorFactory",
    "DistributedUpdateProcessorFactory",
    "LogUpdateProcessorFactory",
    "NestedUpdateProcessorFactory",
    "NoOpDistributingUpdateProcessorFactory",
    "RunUpdateProcessorFactory",
    "TimestampUpdateProcessorFactory",
    _TOLERANT,
    "UUIDUpdateProcessorFactory",
}
_RUN = "RunUpdateProcessorFactory"
HIDES = "acknowledges what a node did not take because it is gone (TolerantUpdateProcessorFactory)"  # of a SolrCloud
_NAMING_FIELDS = ("fieldName", "source", "fields", "dest", "signatureField")


@dataclass(frozen=True, slots=True)
class Processor:
    """`kind` is the simple name of its class, `told` its arguments: (name, value) pairs."""

    kind: str
    told: tuple[tuple[str, str], ...] = ()

    @property
    def fields(self) -> list[str]:
        """The fields that it is told to work on; none stands for all."""
        named = [value for name, value in self.told if name in _NAMING_FIELDS]
        return [name for text in named for name in re.split(r"[,\s]+", text) if name]

    def says(self, name: str, default: str) -> str:
        return next((value for key, value in self.told if key == name), default).lower()


@dataclass(frozen=True, slots=True)
class UpdateChain:
    """No processors stand for Solr's own chain."""

    name: str = ""
    processors: tuple[Processor, ...] = ()

    @property
    def fills(self) -> frozenset[str]:
        """Fields that a processor gives a value where a document has none."""
        return frozenset(name for each in self.processors if each.kind in _HARMLESS for name in each.fields)


OWN = UpdateChain()


def read(solrconfig: bytes) -> UpdateChain:
    """The chain of /update in a solrconfig.xml; Solr's own where none is named, and for what is no XML."""
    root = _root(solrconfig)
    return OWN if root is None else _usual(root)


def _usual(root: Any) -> UpdateChain:
    asked = [*root.iterfind("requestHandler[@name='/update']")]
    asked += [each for each in root.iterfind("initParams") if _is_of_update(each.get("path", ""))]
    wanted = next((found for each in asked for found in each.xpath("lst/str[@name='update.chain']/text()")), None)
    chains = list(root.iterfind("updateRequestProcessorChain"))
    if wanted:
        found = [each for each in chains if each.get("name") == wanted]
    else:  # one without a name is the default where none is marked as such
        found = [each for each in chains if each.get("default") == "true"] or [
            each for each in chains if each.get("name") is None
        ]
    return _chain(found[0], root) if found else OWN


def without_tolerance(solrconfig: bytes) -> str | None:
    """The chain that a SolrCloud has to be told to run: "" where that of /update answers with the errors of all nodes,
    else the name of one that does, and does the same otherwise; None where there is none.
    """
    root = _root(solrconfig)
    if root is None:
        return ""
    usual = _usual(root).processors
    wanted = tuple(each for each in usual if each.kind != _TOLERANT)
    if wanted == usual:
        return ""
    chains = (_chain(each, root) for each in root.iterfind("updateRequestProcessorChain"))
    return next((chain.name for chain in chains if chain.name and chain.processors == wanted), None)


def _chain(element: Any, root: Any) -> UpdateChain:
    named = {each.get("name"): _processor(each) for each in root.iterfind("updateProcessor")}
    listed = [name.strip() for key in ("processor", "post-processor") for name in element.get(key, "").split(",")]
    before = [named[name] for name in listed if name in named]
    return UpdateChain(element.get("name", ""), (*before, *map(_processor, element.iterfind("processor"))))


def _root(solrconfig: bytes) -> Any:
    """None for what is no XML."""
    try:
        parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True)
        return etree.fromstring(_resolved(solrconfig), parser)
    except etree.XMLSyntaxError:
        return None


def built_on_optimize(solrconfig: bytes) -> list[str]:
    """The spelling dictionaries of a solrconfig.xml that are built anew when the index is optimized."""
    root = _root(solrconfig)
    if root is None:
        return []
    found = []
    for each in root.iterfind("searchComponent/lst"):
        told = {one.get("name", ""): (one.text or "").strip() for one in each}
        if told.get("buildOnOptimize") == "true":
            found.append(told.get("name", "default"))
    return found


def troubles(chain: UpdateChain, schema: Schema) -> Iterator[tuple[str, str, bool]]:
    """(what, problem, whether it blocks) of every processor that would drop or change what we send."""
    where = f"update chain {chain.name or '(default)'}"
    if chain.processors and _RUN not in [each.kind for each in chain.processors]:
        yield where, f"has no {_RUN}: nothing would be indexed", True
    for each in chain.processors:
        if each.kind in _HARMLESS or each.says("enabled", "true") == "false":
            continue
        ours = [name for name in each.fields if schema.field(name) is not None]
        if each.kind == "IgnoreFieldUpdateProcessorFactory" and ours:
            yield from ((name, f"is dropped by the {where} ({each.kind})", True) for name in ours)
        elif each.kind == "SignatureUpdateProcessorFactory" and each.says("overwriteDupes", "true") == "true":
            yield where, f"{each.kind} deletes documents that it finds alike", True
        elif each.kind == "DocBasedVersionConstraintsProcessorFactory":
            yield where, f"{each.kind} leaves out documents by a version that we do not send", True
        elif ours or not each.fields:
            yield where, f"{each.kind} may change values{_of(ours)}", False


def _of(names: Sequence[str]) -> str:
    return f" of {', '.join(names)}" if names else ""


def _processor(element: etree._Element) -> Processor:
    """Its class and arguments; what is in an <arr> has the name of that."""
    told = []
    for each in element.iter("str", "bool", "int"):
        parent = each.getparent()
        name = each.get("name") or (parent.get("name") if parent is not None else None)
        told.append((name or "", (each.text or "").strip()))
    return Processor(element.get("class", "").rpartition(".")[2], tuple(told))


def _resolved(solrconfig: bytes) -> bytes:
    """With the default of each ${property:default} in its place: which properties are set, we do not see."""
    return re.sub(rb"\$\{[^:}]*:?([^}]*)\}", rb"\1", solrconfig)


def _is_of_update(paths: str) -> bool:
    return any(path.strip() in ("/update", "/update/**", "/**") for path in paths.split(","))
