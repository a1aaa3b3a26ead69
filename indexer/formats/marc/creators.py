"""Creators: the names of 1xx and 7xx, sorted into author, author2 and author_corporate by their relators.

A field that says no relator is taken where its tag is what the document's field expects; one that says some is taken
once for each that is on the list of the document's field, so that names and roles stay aligned. Roles come out as MARC
relator codes, terms that no list knows as they are.
"""

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass

from indexer.formats.marc import maps
from indexer.formats.marc.record import MarcField, MarcRecord
from indexer.formats.marc.rules import once
from indexer.formats.marc.specs import joined, remembered, trim

FIRST_ROLES = frozenset({"adp", "aut", "cmp", "cre", "dub", "inv"})

# Relators of those who had no part in the content (owners, sellers, makers of the copy, funders, parties, places), and
# those of later lists, such as film director: VuFind knows them, and they make nobody an author of any kind.
NO_AUTHORS = frozenset(
    """
    abr adi anl ant ape apl app aqt arc art asg asn ato att auc bdd bkd bkp blw bnd brd brl bsl cas cli clt cmt cns
    col con cor cou cpc cph crr crt csl csp ctr dbp dgg dgs dir dnr dpt dst dte dtm edc edm elg eng enj evp exp fds
    fmd fmk fmo fmp fnd fpy gis grt his hnr hst isb ive jud jug kad lbr len lse lso mcp mdc med mfp mfr mod mon mrk
    mtk orm osp oth own pan pat pbl pfr plt pma ppm pra prc pre prn prp prs prv pup rcd rce rcp rdd red rpc rps rsr
    sec sgd sgn sll spn srv stg stn tcd tch tld tlp trc uvp vac wac wal wat win wit wpr wst
    """.split()  # noqa: SIM905
)

LATER_ROLES = frozenset(  # which are on none of VuFind's lists
    """
    abr adi ape apl art ato brd brl cas cor cou crt dgs dir edc edm enj fds fmd fmk fmp grt his isb jud jug kad med mtk
    osp pan pra pre prn prs prv rcd rdd rpc rsr sgd sll stg tld tlp vac wac wal wat win wpr wst
    """.split()  # noqa: SIM905
)

_PERSON = "abcdq"
_URI = re.compile(r"\Ahttps?://id\.loc\.gov/vocabulary/relators/")
_NO_PUNCTUATION = str.maketrans("", "", "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")
_SEPARATORS = "/:;,=([" + "".join(filter(str.isspace, map(chr, range(0x3001))))
_DASH_AT_END = re.compile(r"\.\s*-\.?\Z")
_KEPT_ABBREVIATIONS = ("col.", "mr.", "mrs.", "ms.")
_NOT_NAME = re.compile(r"[^\w\s-]|[\d_]")


@dataclass(frozen=True, slots=True)
class Kind:
    """What one field of the document takes: tags with their subfields, the tags it takes without a relator, the roles
    it takes with one, and the tags whose unknown relators it takes."""

    subfields: dict[str, str]
    without: frozenset[str]
    roles: frozenset[str]
    unknown: frozenset[str]


@dataclass(frozen=True, slots=True)
class Creator:
    """A name with one role, empty where the record gives none."""

    field: MarcField
    subfields: str
    role: str

    @property
    def name(self) -> str | None:
        """None where the field has no name."""
        name = joined(self.field, self.subfields)
        return clean_name(name) if name else None

    @property
    def initials(self) -> str | None:
        """Those of $a, one by one, then of the forenames together, then all together: `g b s gb gbs`."""
        name = joined(self.field, "a")
        return initials_of(name) if name else None


@functools.cache
def codes() -> dict[str, str]:
    """Normal form of a relator's code or term -> code."""
    found: dict[str, str] = {}
    for code, terms in maps.table("relators").items():
        for term in (code, *terms.split("|")):
            found.setdefault(term.strip().lower().translate(_NO_PUNCTUATION), code)
    return found


@functools.cache
def _second_roles() -> frozenset[str]:
    return frozenset(codes().values()) - FIRST_ROLES - NO_AUTHORS


def roles_of(name: str) -> frozenset[str]:
    """The roles of one of the lists that VuFind's property files name."""
    if name == "nonCreativeRoles":
        return NO_AUTHORS - LATER_ROLES
    return FIRST_ROLES if name == "firstAuthorRoles" else _second_roles()


@functools.cache
def _kinds() -> dict[str, Kind]:
    second = _second_roles()
    corporate = {"110": "ab", "111": "abc", "710": "ab", "711": "ab"}
    bodies = frozenset(corporate)
    persons = {"100": _PERSON, "700": _PERSON}
    return {
        "author": Kind(persons, frozenset({"100"}), FIRST_ROLES, frozenset({"100"})),
        "author2": Kind(persons, frozenset({"700"}), second, frozenset({"700"})),
        "author_corporate": Kind(corporate, bodies, FIRST_ROLES | second, bodies),
        "author_sort": Kind(
            {"100": "abcd", "110": "ab", "111": "abc", "700": "abcd"},
            frozenset({"100", "110", "111", "700"}),
            FIRST_ROLES,
            frozenset({"100", "110", "111", "700"}),
        ),
    }


@once
def creators(record: MarcRecord) -> dict[str, list[Creator]]:
    """The creators of each field of the document, in record order, once for each role."""
    found: dict[str, list[Creator]] = {}
    if _TAGS.isdisjoint(record.by_tag):
        return found
    for field in record.fields:
        if field.tag in _TAGS:
            terms = relators(field)
            for name, subfields, kind in _kinds_by_tag()[field.tag]:
                for role in _roles(field.tag, terms, kind):
                    found.setdefault(name, []).append(Creator(field, subfields, role))
    return found


@functools.cache
def _kinds_by_tag() -> dict[str, list[tuple[str, str, Kind]]]:
    return {
        tag: [(name, kind.subfields[tag], kind) for name, kind in _kinds().items() if tag in kind.subfields]
        for tag in _TAGS
    }


_TAGS = frozenset({"100", "110", "111", "700", "710", "711"})


def relators(field: MarcField) -> tuple[list[str], list[str]]:
    """The terms of $e and those of $4; what is blank says nothing."""
    terms: list[str] = []
    coded: list[str] = []
    for code, value in field.subfields:
        if code in "e4" and (text := trim(value)):
            (terms if code == "e" else coded).append(text)
    return terms, coded


def _roles(tag: str, terms: tuple[list[str], list[str]], kind: Kind) -> Sequence[str]:
    """The roles with which a field of this tag is taken; none where it is not."""
    if not terms[0] and not terms[1]:
        return ("",) if tag in kind.without else ()
    known = codes()
    found = [known.get(normal(term)) for term in (*terms[0], *terms[1])]
    roles = [code for code in found if code in kind.roles]
    if tag in kind.unknown:
        for group in terms:
            unknown = [term for term in group if normal(term) not in known]
            if unknown:
                roles += unknown
                break
    return roles if len(roles) < 2 else list(dict.fromkeys(roles))  # $e author and $4 aut say one thing


@remembered
def normal(term: str) -> str:
    return _URI.sub("", trim(term)).lower().translate(_NO_PUNCTUATION)


def clean_name(name: str) -> str:
    """A name without the punctuation that a catalogue puts after it; the period of an initial stays."""
    name = name.rstrip(_SEPARATORS)
    if "-" in name[-2:]:
        name = _DASH_AT_END.sub("", name)
    if name.endswith(".") and len(name) > 3 and name[-3] != " ":
        last = name.rsplit(None, 1)[-1]
        if last.lower() not in _KEPT_ABBREVIATIONS:
            name = name[:-1]
    for opener, closer in ("()", "[]"):
        if name.endswith(closer) and opener not in name:
            name = name[:-1]
    return name


@remembered
def initials_of(name: str) -> str:
    inverted = 0 < name.find(",") < len(name) - 1
    words = _NOT_NAME.sub("", name).lower().split()
    if inverted:
        words = [*words[1:], *words[:1]]
    letters = [
        word[0] + (word[1:].partition("-")[2][:1] if word[0] != "-" else "") for word in words
    ]  # of a double name two, of a longer one two as well
    apart = [letter for word in letters for letter in word]
    # All but the last letter, which of a double surname leaves the first of its two, as VuFind has it.
    together = ["".join(apart[:-1])] if inverted and len(letters) > 2 else []
    return " ".join([*apart, *together, *(["".join(apart)] if len(apart) > 1 else [])])


def author(record: MarcRecord) -> list[str]:
    return _names(record, "author")


def author_variant(record: MarcRecord) -> list[str]:
    return _variants(record, "author")


def author_role(record: MarcRecord) -> list[str]:
    return _all_roles(record, "author")


def author2(record: MarcRecord) -> list[str]:
    return _names(record, "author2")


def author2_variant(record: MarcRecord) -> list[str]:
    return _variants(record, "author2")


def author2_role(record: MarcRecord) -> list[str]:
    return _all_roles(record, "author2")


def author_corporate(record: MarcRecord) -> list[str]:
    return _names(record, "author_corporate")


def author_corporate_role(record: MarcRecord) -> list[str]:
    return _all_roles(record, "author_corporate")


def author_sort(record: MarcRecord) -> str | None:
    """The first creator of any kind."""
    names = (creator.name for creator in creators(record).get("author_sort", ()))
    return next((name for name in names if name is not None), None)


def _names(record: MarcRecord, kind: str) -> list[str]:
    return [name for creator in creators(record).get(kind, ()) if (name := creator.name) is not None]


def _variants(record: MarcRecord, kind: str) -> list[str]:
    return [letters for creator in creators(record).get(kind, ()) if (letters := creator.initials) is not None]


def _all_roles(record: MarcRecord, kind: str) -> list[str]:
    """Also of those without a name, as VuFind has it."""
    return [creator.role for creator in creators(record).get(kind, ())]
