"""VuFind's functions of creators, with their parameters: which fields, which need no relator, which roles are taken."""

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from indexer.formats.marc import creators, maps
from indexer.formats.marc.record import MarcField, MarcRecord
from indexer.formats.marc.rules import once
from indexer.formats.marc.specs import Extract, joined

Taken = Callable[[MarcRecord], list[tuple[MarcField, Sequence[str]]]]

_LISTS = ("firstAuthorRoles", "secondAuthorRoles", "nonCreativeRoles")


@dataclass(frozen=True, slots=True)
class Parts:
    """The tags with their subfields, and which of the fields are taken, with which roles."""

    subfields: dict[str, tuple[frozenset[str], ...]]
    taken: Taken


def names(values: object, fields: str, without: str, roles: str, unknown: str = "", raw: str = "false") -> Extract:
    """The names, once for each role."""
    parts = _parts(fields, without, roles, unknown, raw)

    def run(record: MarcRecord) -> list[str]:
        found = []
        for field, taken in parts.taken(record):
            named = [
                creators.clean_name(name) for codes in parts.subfields[field.tag] if (name := joined(field, codes))
            ]
            found += named * len(taken)
        return found

    return run


def first_name(values: object, fields: str, without: str, roles: str, unknown: str = "", raw: str = "false") -> Extract:
    """The first of the names."""
    run = names(values, fields, without, roles, unknown, raw)
    return lambda record: run(record)[:1]


def initials(values: object, fields: str, without: str, roles: str, unknown: str = "", raw: str = "false") -> Extract:
    """The initials of the names."""
    run = names(values, fields, without, roles, unknown, raw)
    return lambda record: [creators.initials_of(name) for name in run(record)]


def roles(values: object, fields: str, without: str, roles: str, unknown: str = "", raw: str = "false") -> Extract:
    """The roles, empty for a field that gives none."""
    parts = _parts(fields, without, roles, unknown, raw)
    return lambda record: [role for _, taken in parts.taken(record) for role in taken]


def _parts(fields: str, without: str, roles: str, unknown: str, raw: str) -> Parts:
    subfields: dict[str, tuple[frozenset[str], ...]] = {}
    for part in fields.split(":"):
        if len(part) < 4:
            raise ValueError(f"{part!r} in {fields!r} names no subfields of a creator")
        subfields[part[:3]] = (*subfields.get(part[:3], ()), frozenset(part[3:].strip("[]")))
    tags = tuple(sorted(subfields))
    allowed = frozenset(without.split(":"))
    kept = frozenset((unknown or without).split(":"))
    return Parts(subfields, _taken(tags, allowed, roles, kept, raw.lower() == "true"))


@functools.lru_cache(maxsize=256)
def _taken(tags: tuple[str, ...], without: frozenset[str], roles: str, unknown: frozenset[str], raw: bool) -> Taken:
    """The function that gives the fields that are taken, with their roles; the same one for the same parameters, so
    that names, initials and roles ask once a record."""
    permitted = _permitted(roles)
    wanted = frozenset(tags)

    def taken(record: MarcRecord) -> list[tuple[MarcField, Sequence[str]]]:
        if wanted.isdisjoint(record.by_tag):
            return []
        found: list[tuple[MarcField, Sequence[str]]] = []
        for field in record.fields:
            if field.tag in wanted:
                said = creators.relators(field)
                if not said[0] and not said[1]:
                    if field.tag in without:
                        found.append((field, ("",)))
                elif chosen := _chosen(said, permitted, field.tag in unknown, raw):
                    found.append((field, chosen))
        return found

    return once(taken)


def _chosen(
    said: tuple[list[str], list[str]], permitted: dict[str, str], unknown_too: bool, raw: bool
) -> Sequence[str]:
    found = []
    for term in (*said[0], *said[1]):
        role = permitted.get(creators.normal(term))
        if role is not None:
            found.append(term if raw else role)
    if unknown_too:
        known = creators.codes()
        for group in said:
            unknown = [term for term in group if creators.normal(term) not in known]
            if unknown:
                found += unknown
                break
    return list(dict.fromkeys(found))


@functools.cache
def _permitted(written: str) -> dict[str, str]:
    """Normal form -> role: lists apart by `|`, each the name of one of VuFind's, or roles apart by `:`."""
    codes, terms = creators.codes(), maps.table("relators")
    found: dict[str, str] = {}
    for each in written.split("|"):
        if ":" in each:
            roles = each.split(":")
        elif each in _LISTS:
            roles = sorted(creators.roles_of(each))
        else:
            raise ValueError(f"{each!r} is not a list of roles. There are {', '.join(_LISTS)}, or roles as in aut:cre")
        for role in roles:
            normal = creators.normal(role)
            found[normal] = codes.get(normal, normal)
            if role in terms:
                found.update((creators.normal(term), role) for term in terms[role].split("|"))
    return found
