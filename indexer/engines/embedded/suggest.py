"""Did you mean: another spelling of a query that the embedded index answers.

Tantivy's Levenshtein automata find documents that hold, for each unknown word, a word within one or two edits, together
with the known words; those documents tell which words they are. So whatever is suggested has hits, and the vocabulary
is never walked.
"""

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import tantivy

from indexer.engines.base import Query
from indexer.engines.embedded.schema import EVERYTHING, WORD, analyzers, fold
from indexer.engines.embedded.search import Clauses, Reader, filters_of, part_query, whole_query
from indexer.engines.query import Clause, search_type
from indexer.model.documents import Fields

WORDS = EVERYTHING[0]  # the group of words as they are
SHORTEST = 3  # letters of a word that is corrected
SHORT = 4  # letters up to which one edit is allowed, two beyond
SAMPLE = 20  # documents looked at in one round
ROUNDS = 4  # each leaves out the spellings found before
LONGEST_TEXT = 20_000  # words of one document that are looked at
MOST_WRONG = 4  # words corrected at once
OPTIONS = 4  # terms of one document for one word, nearest first
TRIED = 5  # spellings that are searched for, best first


@dataclass(frozen=True, slots=True)
class _Word:
    """A word of the query: where it stands and its term, empty when it is not one term to correct."""

    start: int
    end: int
    text: str
    term: str


@dataclass(slots=True)
class _Spelling:
    """Terms for the words to correct, how far and how likely they are, and a document that has them."""

    terms: tuple[str, ...]
    edits: int
    other_initials: int
    address: tantivy.DocAddress
    neighbours: int = 0  # pairs of words that stand side by side in the query and in a document
    frequency: int = 0  # documents with the rarest of the terms

    def rank(self) -> tuple[int, int, int, int, tuple[str, ...]]:
        return self.edits, -self.neighbours, self.other_initials, -self.frequency, self.terms


def suggest(reader: Reader, query: Query) -> str | None:
    """A spelling of the query's text that finds something under its type and filters, or None. The rest of the text
    stays as it is.
    """
    if search_type(query.type).exact:
        return None
    text, filters = query.text, filters_of(reader, query)
    words = [_word(reader, match) for match in WORD.finditer(text)]
    correctable = [word for word in words if word.term]
    unknown = [word for word in correctable if not reader.searcher.doc_freq(WORDS, word.term)]
    for wrong in (unknown, correctable):
        if not 0 < len(wrong) <= MOST_WRONG:
            continue
        for edits in (1, 2):
            for spelling in _spellings(reader, words, wrong, filters, edits)[:TRIED]:
                suggestion = _corrected(reader, text, wrong, spelling)
                if reader.total(whole_query(reader, replace(query, text=suggestion))):
                    return suggestion
    return None


def _word(reader: Reader, match: re.Match[str]) -> _Word:
    terms = analyzers()[False].analyze(fold(match[0]))
    term = terms[0] if len(terms) == 1 else ""
    correctable = len(term) >= SHORTEST and term not in reader.layout.stop_words and not any(map(str.isdigit, term))
    return _Word(match.start(), match.end(), match[0], term if correctable else "")


def _spellings(
    reader: Reader, words: list[_Word], wrong: list[_Word], filters: Sequence[Clauses], edits: int
) -> list[_Spelling]:
    """What the documents near to the query have in the place of the wrong words, best first."""
    allowed = [min(edits, 1 if len(word.term) <= SHORT else 2) for word in wrong]
    if edits > max(allowed):
        return []
    needed = []
    for word, distance in zip(wrong, allowed, strict=True):
        needed.append(tantivy.Query.fuzzy_term_query(reader.schema, WORDS, word.term, distance))
    right = (word.text for word in words if word not in wrong and fold(word.text) not in reader.layout.stop_words)
    needed += [query for text in right if (query := part_query(reader, Clause(text, phrase=True)))]
    clauses = [*filters, *((tantivy.Occur.Must, query) for query in needed)]
    found: dict[tuple[str, ...], _Spelling] = {}
    for _ in range(ROUNDS):
        others = [(tantivy.Occur.MustNot, _all_of(reader, terms)) for terms in found]
        nearby = tantivy.Query.boolean_query([*clauses, *others])
        before = len(found)
        for _, address in reader.searcher.search(nearby, limit=SAMPLE, count=False).hits:
            _look(reader, address, words, wrong, allowed, found)
        if len(found) == before:
            break
    found.pop(tuple(word.term for word in wrong), None)
    for spelling in found.values():
        spelling.frequency = min(reader.searcher.doc_freq(WORDS, term) for term in spelling.terms)
    return sorted(found.values(), key=_Spelling.rank)


def _all_of(reader: Reader, terms: Sequence[str]) -> tantivy.Query:
    return tantivy.Query.boolean_query(
        [(tantivy.Occur.Must, tantivy.Query.term_query(reader.schema, WORDS, term)) for term in terms]
    )


def _look(
    reader: Reader,
    address: tantivy.DocAddress,
    words: list[_Word],
    wrong: list[_Word],
    allowed: list[int],
    found: dict[tuple[str, ...], _Spelling],
) -> None:
    """Adds to `found` the spellings that stand in one document."""
    texts = reader.layout.entry(dict(reader.document(address))).texts
    terms: list[str] = []
    for group, text in texts:
        if group == WORDS and len(terms) < LONGEST_TEXT:
            terms += analyzers()[False].analyze(text)[: LONGEST_TEXT - len(terms)]
    pairs = set(itertools.pairwise(terms))
    vocabulary = sorted(set(terms))
    options = []
    for word, limit in zip(wrong, allowed, strict=True):
        near = [(distance, term) for term in vocabulary if (distance := edit_distance(word.term, term, limit)) <= limit]
        options.append(sorted(near)[:OPTIONS])
    for choice in itertools.product(*options):
        key = tuple(term for _, term in choice)
        corrected = dict(zip((word.start for word in wrong), key, strict=True))
        query = [corrected.get(word.start, word.term) for word in words]
        neighbours = sum(pair in pairs for pair in itertools.pairwise(query))
        initials = sum(term[0] != word.term[0] for term, word in zip(key, wrong, strict=True))
        spelling = found.setdefault(key, _Spelling(key, sum(d for d, _ in choice), initials, address))
        spelling.neighbours = max(spelling.neighbours, neighbours)


def edit_distance(first: str, second: str, limit: int) -> int:
    """Insertions, deletions, substitutions and swaps of neighbours between two words; `limit` + 1 when there are more.

    A swapped pair is not edited again (optimal string alignment), as in Tantivy's automata.
    """
    if abs(len(first) - len(second)) > limit:
        return limit + 1
    before: list[int] = []
    row = list(range(len(second) + 1))
    for i, a in enumerate(first, 1):
        older, before, row = before, row, [i]
        for j, b in enumerate(second, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == second[j - 2] and first[i - 2] == b:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
        if min(row) > limit:
            return limit + 1
    return min(row[-1], limit + 1)


def _corrected(reader: Reader, text: str, wrong: list[_Word], spelling: _Spelling) -> str:
    """The query with the wrong words written as a document writes them (`müller`, where the term is `muller`)."""
    surfaces = _surfaces(reader.document(spelling.address), set(spelling.terms))
    pieces, end = [], 0
    for word, term in zip(wrong, spelling.terms, strict=True):
        pieces += [text[end : word.start], word.text if term == word.term else surfaces.get(term, term)]
        end = word.end
    return "".join(pieces) + text[end:]


def _surfaces(fields: Fields, terms: set[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for value in fields.values():
        for text in [value] if isinstance(value, str) else value:
            for match in WORD.finditer(text):
                term = "".join(analyzers()[False].analyze(fold(match[0])))
                if term in terms:
                    found.setdefault(term, match[0].lower())
                    if len(found) == len(terms):
                        return found
    return found
