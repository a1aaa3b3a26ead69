"""The bundled MARC mapping: VuFind's own, field by field. docs/fields.md says what each field holds.

Fields stand in the order in which VuFind's import sends them, which decides the order of copied values.
`institution`, `collection`, `building` and `record_format` are constants of the profile.
"""

import re
from urllib.parse import unquote

from indexer.formats.marc.call_numbers import (
    callnumber_label,
    callnumber_sort,
    callnumber_subject,
    dewey_full,
    dewey_hundreds,
    dewey_ones,
    dewey_sort,
    dewey_tens,
)
from indexer.formats.marc.creators import (
    author,
    author2,
    author2_role,
    author2_variant,
    author_corporate,
    author_corporate_role,
    author_role,
    author_sort,
    author_variant,
)
from indexer.formats.marc.dates import first_publication_date, publication_dates, publishers
from indexer.formats.marc.kinds import formats, illustrated
from indexer.formats.marc.reader import fullrecord
from indexer.formats.marc.record import MarcRecord
from indexer.formats.marc.rules import field, mapping, marc
from indexer.formats.marc.specs import trim
from indexer.formats.marc.titles import title_sort
from indexer.formats.marc.work_keys import work_keys

OCLC = [(rf"{before}0*([0-9]+)", r"\1") for before in (r"\((?i:OCoLC)\)[^0-9]*", "ocm", "ocn", "on")]
DOI = re.compile(r"(?:urn:doi:|https?://(?:dx\.)?doi\.org/)([^?#]+)")


def control_number(record: MarcRecord) -> str:
    """001, the last one where a record has several."""
    fields = record.by_tag.get("001")
    return trim(fields[-1].value) if fields else ""


def allfields(record: MarcRecord) -> list[str]:
    """Every field from 100 to 899, all of its subfields, as they stand."""
    found = [
        " ".join([text for _, text in field.subfields])
        for field in record.fields
        if "100" <= field.tag <= "899" and field.tag.isdecimal()
    ]
    return list(dict.fromkeys(found))


def dois(record: MarcRecord) -> list[str]:
    """The DOIs among the addresses of 856."""
    links = [text for field in record.by_tag.get("856", ()) for code, text in field.subfields if code == "u"]
    return list(dict.fromkeys(unquote(trim(found[1])) for link in links if (found := DOI.search(link))))


mapping(base=None)

field("id", control_number)
field("lccn", marc("010a", first=True))
field("ctrlnum", marc("035a"))
field("fullrecord", fullrecord)
field("allfields", allfields)
field("language", marc("008[35-37]:041a:041d:041h:041j", translate="languages"))
field("format", formats)

field("author", author)
field("author_variant", author_variant)
field("author_role", author_role)
field("author2", author2)
field("author2_variant", author2_variant)
field("author2_role", author2_role)
field("author_corporate", author_corporate)
field("author_corporate_role", author_corporate_role)
field("author_sort", author_sort)
field("author_additional", marc("505r"))

field("title", marc("245ab", first=True))
field("title_sub", marc("245b", first=True))
field("title_short", marc("245a", first=True))
field("title_full", marc("245[a-z]", first=True))
field("title_auth", marc("245ab", first=True))
field("title_alt", marc("100t:130adfgklnpst:240a:246abnp:505t:700t:710t:711t:730adfgklnpst:740a"))
field("title_old", marc("780ast"))
field("title_new", marc("785ast"))
field("title_sort", title_sort)
field("series", marc("440ap:800abcdfpqt:830ap"))
field("series2", marc("490a"))

field("publisher", publishers)
field("publishDate", publication_dates)
field("publishDateSort", first_publication_date)
field("physical", marc("300abcefg:530abcd"))
field("dateSpan", marc("362a"))
field("edition", marc("250a", first=True))
field("contents", marc("505a:505t"))

field("isbn", marc("020a:773z"))
field("issn", marc("022a:440x:490x:730x:773x:776x:780x:785x"))

field("callnumber-first", marc("099a[0]:090a[0]:050a[0]", translate="lc_classes", first=True))
field("callnumber-subject", callnumber_subject, translate="lc_subclasses", first=True)
field("callnumber-label", callnumber_label)
field("callnumber-sort", callnumber_sort)
field("callnumber-raw", marc("099ab:090ab:050ab"))

field("topic", marc("600:610:611:630:650:653:656"))
field("genre", marc("655"))
field("geographic", marc("651"))
field("era", marc("648"))
field("topic_facet", marc("600x:610x:611x:630x:648x:650a:650x:651x:655x"))
field("genre_facet", marc("600v:610v:611v:630v:648v:650v:651v:655a:655v"))
field("geographic_facet", marc("600z:610z:611z:630z:648z:650z:651a:651z:655z"))
field("era_facet", marc("600d:610y:611y:630y:648a:648y:650y:651y:655y"))

field("url", marc("856u:555u"))
field("illustrated", illustrated)
field("dewey-hundreds", dewey_hundreds)
field("dewey-tens", dewey_tens)
field("dewey-ones", dewey_ones)
field("dewey-full", dewey_full)
field("dewey-sort", dewey_sort)
field("dewey-raw", marc("082a:083a"))

field("doi_str_mv", dois)
field("oclc_num", marc("035a", patterns=OCLC))
field("work_keys_str_mv", work_keys)
