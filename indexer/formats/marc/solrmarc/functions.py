"""The functions that property files call by name: those of VuFind's and SolrMarc's own indexers, with their parameters.

A function here takes `values` (from a specification to a function that extracts by it) and the parameters as they
stand in the file, and gives the function from a record to its values. It raises ValueError for parameters that make no
sense.
"""

import inspect
import re
from collections.abc import Callable, Sequence
from urllib.parse import unquote

from indexer.formats.marc import call_numbers, dates, geo, kinds, titles
from indexer.formats.marc.creators import codes, normal
from indexer.formats.marc.record import MarcRecord
from indexer.formats.marc.solrmarc import creators, work_keys
from indexer.formats.marc.solrmarc.java import expression
from indexer.formats.marc.specs import Extract, is_control, trim

Values = Callable[[str], Extract]
Factory = Callable[..., Extract]

TRACKED = ("getFirstIndexed", "getLastIndexed")  # the loader fills these fields itself

_SHIM = "org.solrmarc.index.SolrIndexer"
_VUFIND = "org.vufind.index."
_WITH_SUBFIELDS = re.compile(r"(?:LNK)?[0-9]{3}[a-z0-9\[]")  # which stay as they are
_FUNCTIONS: dict[str, tuple[str, Factory]] = {}


def find(name: str, owner: str, parameters: Sequence[str]) -> Factory | None:
    """The function of this name, of the class that is named where one is; None where there is none.

    Raises ValueError, saying what it takes, where it takes no such parameters or is another class's.
    """
    if name not in _FUNCTIONS:
        return None
    belongs, factory = _FUNCTIONS[name]
    if owner not in ("", belongs):
        raise ValueError(f"{name} belongs to {belongs}, not to {owner}")
    takes = list(inspect.signature(factory).parameters.values())[1:]
    least = sum(each.default is inspect.Parameter.empty for each in takes)
    if not least <= len(parameters) <= len(takes):
        named = ", ".join(each.name if each.default is inspect.Parameter.empty else f"[{each.name}]" for each in takes)
        raise ValueError(f"{name}({named}) does not take {len(parameters)} parameters")
    return factory


def find_map(name: str) -> Callable[[str], str] | None:
    """The function of this name that maps a value; None where there is none."""
    return _MAPS.get(name)


def _function(owner: str, *names: str) -> Callable[[Factory], Factory]:
    def register(factory: Factory) -> Factory:
        for name in names:
            _FUNCTIONS[name] = (owner, factory)
        return factory

    return register


def _plain(owner: str, name: str, function: Callable[[MarcRecord], list[str] | str | None]) -> None:
    """A function that takes no parameters."""

    def factory(values: Values) -> Extract:
        def run(record: MarcRecord) -> list[str]:
            found = function(record)
            return found if isinstance(found, list) else [found] if found else []

        return run

    _FUNCTIONS[name] = (owner, factory)


_plain(f"{_VUFIND}DateTools", "getDates", dates.publication_dates)
_plain(f"{_VUFIND}DateTools", "getFirstDate", dates.first_publication_date)
_plain(f"{_VUFIND}PublisherTools", "getPublishers", dates.publishers)
_plain(f"{_VUFIND}IllustrationTools", "isIllustrated", kinds.illustrated)
_plain(f"{_VUFIND}GeoTools", "getAllCoordinates", geo.long_lat)
_plain(f"{_VUFIND}GeoTools", "getDisplayCoordinates", geo.long_lat_display)
_plain(f"{_VUFIND}FormatCalculator", "getFormats", lambda record: list(dict.fromkeys(kinds.codes(record))))
_plain(f"{_VUFIND}FormatCalculator", "getFormat", lambda record: kinds.codes(record)[:1])
_plain(f"{_VUFIND}ReadingProgramTools", "getARLevel", lambda record: _reading_level(record, "accelerated reader"))
_plain(f"{_VUFIND}ReadingProgramTools", "getRCLevel", lambda record: _reading_level(record, "reading counts"))


def _reading_level(record: MarcRecord, program: str) -> str | None:
    for field in record.by_tag.get("526", ()):
        subfields = dict(reversed(field.subfields))
        if program in subfields.get("a", "").lower():
            return subfields.get("c")
    return None


# ---- fields and subfields


@_function(_SHIM, "getFieldList", "getFieldListAsList")
def _field_list(values: Values, fields: str) -> Extract:
    return values(fields)


@_function(_SHIM, "getMappedFieldList")
def _mapped(values: Values, fields: str, map: str) -> Extract:
    return values(f"{fields}, {map}")


@_function(_SHIM, "getFirstFieldVal")
def _first_value(values: Values, fields_or_map: str, fields: str = "") -> Extract:
    run = values(f"{fields}, {fields_or_map}" if fields else fields_or_map)
    return lambda record: run(record)[:1]


@_function(_SHIM, "getFieldVals")
def _joined_values(values: Values, fields: str, separator: str) -> Extract:
    run = values(fields)
    return lambda record: [separator.join(run(record))]


@_function(_SHIM, "getAllSubfields", "getAllSubfieldsAsList")
def _all_subfields(values: Values, fields: str, separator: str) -> Extract:
    return values(f'{fields}, join("{separator}")')


@_function(_SHIM, "getSubfieldDataAsSet")
def _subfield_data(values: Values, tag: str, subfields: str, separator: str) -> Extract:
    return values(f'{tag}{subfields}, join("{separator}")')


@_function(_SHIM, "getAllAlphaSubfields")
def _alpha_subfields(values: Values, fields: str, first_all_join: str) -> Extract:
    parts = (part if _WITH_SUBFIELDS.match(part) else f"{part}[a-z]" for part in fields.split(":"))
    return values(":".join(parts) + f", {first_all_join}")


@_function(_SHIM, "getAllAlphaExcept")
def _alpha_except(values: Values, fields: str) -> Extract:
    return values(":".join(f"{part[:3]}[^{part[3:]}0-9]" for part in fields.split(":")))


@_function(_SHIM, "removeTrailingPunct")
def _without_trailing(values: Values, fields: str) -> Extract:
    run = values(fields)
    return lambda record: list(dict.fromkeys(map(titles.clean_data, run(record))))


@_function(_SHIM, "getSortableTitle")
def _sortable_title(values: Values) -> Extract:
    run = values("245abkp,titleSortLower,first")
    return lambda record: run(record)[:1] or [""]


@_function(_SHIM, "getPublicationDate")
def _publication_date(values: Values) -> Extract:
    year = '"(^|.*[^0-9])((20|1[5-9])[0-9][0-9])([^0-9]|$)=>$2",".*[^0-9].*=>"'
    run = values(f"008[7-10]:008[11-14]:260c:264c?(ind2=1||ind2=4),clean,first,map({year})")
    return lambda record: run(record)[:1] or [""]


@_function(_SHIM, "getFullTextUrls")
def _full_text_urls(values: Values) -> Extract:
    return values(_links("ind2 = 0 | ind2 = 1"))


@_function(_SHIM, "getSupplUrls")
def _further_urls(values: Values) -> Extract:
    return values(_links("ind2 = 2 | ind2 = 1"))


def _links(kinds: str) -> str:
    return f'{{856uz3}}?((ind1 = 4 | (ind1 = 7 & $x startsWith "http")) & ({kinds})), join("||")'


@_function(_SHIM, "getAllSearchableFieldsAsSet")
def _searchable(values: Values, lower: str, upper: str) -> Extract:
    run = _searched(lower, upper)
    return lambda record: list(dict.fromkeys(run(record)))


@_function(_SHIM, "getAllSearchableFields")
def _searchable_text(values: Values, lower: str, upper: str) -> Extract:
    run = _searched(lower, upper)
    return lambda record: [" ".join(filter(None, run(record)))]


def _searched(lower: str, upper: str) -> Extract:
    """Each field from the first tag to the one before the last, all of its subfields, as they stand."""
    first, last = _number(lower, 100), _number(upper, 900)
    low, high = f"{first:03}", f"{last:03}" if last < 1000 else ":"

    def run(record: MarcRecord) -> list[str]:
        return [
            " ".join([text for _, text in field.subfields])
            for field in record.fields
            if low <= field.tag < high and field.tag.isdecimal() and not is_control(field.tag)
        ]

    return run


def _number(text: str, other: int) -> int:
    return int(text) if re.fullmatch("[+-]?[0-9]{1,9}", text) else other


@_function(f"{_VUFIND}FieldSpecTools", "getFieldsByTagList")
def _fields_by_tags(values: Values, tags: str) -> Extract:
    return work_keys.fields_by_tags(tags)


@_function(f"{_VUFIND}PunctuationTools", "normalizeTrailingPunctuation")
def _normal_end(values: Values, fields: str) -> Extract:
    run, end = values(fields), expression("[.\\s]*$")
    return lambda record: list(dict.fromkeys(end.sub("", value) for value in run(record)))


@_function(f"{_VUFIND}FullTextTools", "getFulltext")
def _full_text(values: Values, fields: str = "856u", extension: str = "") -> Extract:
    """Nothing, as VuFind without a full-text parser: no documents are fetched here."""
    return lambda record: []


# ---- creators

for _name, _what in (
    ("getAuthorsFilteredByRelator", creators.names),
    ("getFirstAuthorFilteredByRelator", creators.first_name),
    ("getRelatorsFilteredByRelator", creators.roles),
    ("getAuthorInitialsFilteredByRelator", creators.initials),
):
    _function(f"{_VUFIND}CreatorTools", _name)(_what)


# ---- call numbers


@_function(f"{_VUFIND}CallNumberTools", "getCallNumberLabel")
def _label(values: Values, fields: str = "090a:050a") -> Extract:
    run = values(fields)
    return lambda record: [call_numbers.label_of(number) for number in run(record)[:1]]


@_function(f"{_VUFIND}CallNumberTools", "getCallNumberSubject")
def _subject(values: Values, fields: str = "090a:050a") -> Extract:
    run = values(fields)

    def subject(record: MarcRecord) -> list[str]:
        number = next(iter(run(record)), None)
        if number is None:
            return []
        letters = re.split("[^A-Z]+", number.upper())
        return letters[:1] if any(letters) else []

    return subject


@_function(f"{_VUFIND}CallNumberTools", "getFullCallNumberNormalized")
def _shelf_key(values: Values, fields: str = "099ab:090ab:050ab") -> Extract:
    run = values(fields)
    return lambda record: [call_numbers.lc_key(number) for number in run(record)[:1]] or [""]


@_function(f"{_VUFIND}CallNumberTools", "getLCSortable")
def _lc_sortable(values: Values, fields: str) -> Extract:
    run = values(fields)

    def sortable(record: MarcRecord) -> list[str]:
        numbers = run(record)
        number = next(filter(call_numbers.is_lc, numbers), numbers[0] if numbers else None)
        return [] if number is None else [call_numbers.lc_key(number)]

    return sortable


@_function(f"{_VUFIND}CallNumberTools", "getCallNumberByType", "getCallNumberByTypeAsList")
def _by_type(values: Values, fields: str, type_subfields: str, type: str) -> Extract:
    parts = [(part[:3], part[3:]) for part in fields.split(":") if len(part) >= 3]

    def numbers(record: MarcRecord) -> list[str]:
        return list(
            dict.fromkeys(
                "".join(text for code, text in field.subfields if not codes or code in codes)
                for tag, codes in parts
                for field in record.by_tag.get(tag, ())
                if any(code in type_subfields and text == type for code, text in field.subfields)
            )
        )

    return numbers


@_function(f"{_VUFIND}CallNumberTools", "getLCSortableByType")
def _lc_by_type(values: Values, fields: str, type_subfields: str, type: str) -> Extract:
    return _sortable_by_type(values, fields, type_subfields, type, call_numbers.lc_key)


@_function(f"{_VUFIND}CallNumberTools", "getDeweySortableByType")
def _dewey_by_type(values: Values, fields: str, type_subfields: str, type: str) -> Extract:
    return _sortable_by_type(values, fields, type_subfields, type, call_numbers.dewey_key)


def _sortable_by_type(
    values: Values, fields: str, type_subfields: str, type: str, key: Callable[[str], str]
) -> Extract:
    runs = [_by_type(values, part, type_subfields, type) for part in fields.split(":")]

    def sortable(record: MarcRecord) -> list[str]:
        found = [numbers[0] for run in runs if (numbers := run(record))]
        return [key(number) for number in found[-1:]]  # the last tag's, as VuFind has it

    return sortable


@_function(f"{_VUFIND}CallNumberTools", "getDeweyNumber")
def _dewey_number(values: Values, fields: str, precision: str) -> Extract:
    run, unit = call_numbers.valid_dewey(values(fields)), _float(precision)
    if unit is None or unit <= 0:
        raise ValueError(f"{precision!r} is not a precision: give 100, 10 or 1")
    return lambda record: list(dict.fromkeys(call_numbers.dewey_rounded(number, unit) for number in run(record)))


def _float(text: str) -> float | None:
    return float(text) if re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?", trim(text)) else None


@_function(f"{_VUFIND}CallNumberTools", "getDeweySearchable")
def _dewey_searchable(values: Values, fields: str) -> Extract:
    run = call_numbers.valid_dewey(values(fields))
    return lambda record: call_numbers.dewey_searchable(run(record))


@_function(f"{_VUFIND}CallNumberTools", "getDeweySortable")
def _dewey_sortable(values: Values, fields: str) -> Extract:
    run = call_numbers.valid_dewey(values(fields))
    return lambda record: [call_numbers.dewey_key(number) for number in run(record)[:1]]


@_function(f"{_VUFIND}CallNumberTools", "getDeweySortables")
def _dewey_sortables(values: Values, fields: str) -> Extract:
    run = values(fields)
    return lambda record: [call_numbers.dewey_key(number) for number in run(record)]


# ---- numbers and addresses


@_function(f"{_VUFIND}LccnTools", "getNormalizedLCCNs")
def _lccns(values: Values, fields: str = "010a") -> Extract:
    run = values(fields)
    return lambda record: list(dict.fromkeys(filter(None, map(normal_lccn, run(record)))))


@_function(f"{_VUFIND}LccnTools", "getFirstNormalizedLCCN")
def _first_lccn(values: Values, fields: str = "010a", prefix: str = "") -> Extract:
    run = values(fields)
    return lambda record: [prefix + number for number in filter(None, map(normal_lccn, run(record)))][:1]


def normal_lccn(number: str) -> str:
    """Without blanks, up to a slash, six digits at the least behind a hyphen (loc.gov/marc/lccn-namespace.html)."""
    number = number.replace(" ", "").partition("/")[0]
    start, hyphen, end = number.partition("-")
    return start + end.rjust(6, "0") if hyphen else number


@_function(f"{_VUFIND}DoiTools", "getDoiFromUrl")
def _doi(values: Values, fields: str, base: str) -> Extract:
    run = values(fields)
    return lambda record: list(dict.fromkeys(unquote(url[len(base) :]) for url in run(record) if url.startswith(base)))


@_function(f"{_VUFIND}DoiTools", "getDoisFromUrlWithRegEx")
def _dois(values: Values, fields: str, pattern: str, group: str) -> Extract:
    run, compiled, number = values(fields), expression(pattern), _number(group, -1)
    if not 0 <= number <= compiled.groups:
        raise ValueError(f"{pattern!r} has no group {group}")
    return lambda record: list(
        dict.fromkeys(unquote(found[number] or "") for url in run(record) if (found := compiled.search(url)))
    )


@_function(f"{_VUFIND}WorkKeys", "getWorkKeys")
def _work_keys(
    values: Values,
    uniform_titles: str,
    titles: str,
    titles_as_filed: str,
    authors: str,
    include: str,
    exclude: str,
    transliteration: str,
) -> Extract:
    return work_keys.compile_keys(uniform_titles, titles, titles_as_filed, authors, include, exclude, transliteration)


@_function(f"{_VUFIND}UpdateDateTools", *TRACKED)
def _tracked(values: Values, fields: str = "001", core: str = "biblio") -> Extract:
    return lambda record: []


def _relator_code(term: str) -> str:
    code = codes().get(normal(term), term)
    return term if code == normal(term) else code  # a code stays as it is written


_MAPS: dict[str, Callable[[str], str]] = {
    "mapRelatorStringToCode": _relator_code,
    "getNormalizedLCCN": normal_lccn,
    "LCCallNumberShelfKey": call_numbers.lc_key,
    "DeweyCallNumberShelfKey": call_numbers.dewey_key,
}
