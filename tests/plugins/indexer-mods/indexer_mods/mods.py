"""MODS 3 (https://www.loc.gov/standards/mods/) to documents: titles, names, subjects, dates, addresses."""

from indexer.formats import xml
from indexer.formats.harvest import identify
from indexer.formats.profiles import Profile
from indexer.model.documents import Fields
from indexer.model.errors import RecordError
from indexer.model.records import Record

MODS = "{http://www.loc.gov/mods/v3}"


def document(record: Record, profile: Profile) -> Fields:
    """The document of one MODS record. Raises RecordError where it cannot be read, or has no identifier."""
    root = xml.parse(record.raw)
    if root.tag != f"{MODS}mods":
        raise RecordError(f"the record is <{root.tag}>, not mods:mods")

    def texts(path: str) -> list[str]:
        return [
            text for each in root.iterfind(path, {"m": MODS[1:-1]}) if (text := xml.normalize_space(xml.text(each)))
        ]

    inside = texts("m:recordInfo/m:recordIdentifier")
    identifier, _ = identify(inside[0] if inside else "", record, profile)
    if not identifier:
        raise RecordError("no recordIdentifier and no OAI-PMH header to take the id from", field="id")
    fields: Fields = {"id": identifier, **profile.constants, "allfields": [xml.all_text(root)]}
    if languages := texts("m:language/m:languageTerm[@type='text']"):
        fields["language"] = languages
    if authors := texts("m:name[@type='personal']/m:namePart[1]"):
        fields["author"] = authors
    if titles := texts("m:titleInfo[1]/m:title"):
        fields["title"] = titles[0]
    if abstracts := texts("m:abstract"):
        fields["description"] = abstracts[0]
    if topics := texts("m:subject/m:topic"):
        fields["topic"] = topics
    if dates := texts("m:originInfo/m:dateIssued"):
        fields["publishDate"] = [dates[0][:4]]
    if urls := texts("m:location/m:url"):
        fields["url"] = urls
    return fields
