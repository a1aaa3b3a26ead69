"""Answers of OAI-PMH servers."""

OAI = "http://www.openarchives.org/OAI/2.0/"
DC = "http://purl.org/dc/elements/1.1/"
OAI_DC = f"{OAI}oai_dc/"


def answer(*items: str, verb: str = "ListRecords", prefix: str = "", namespaces: str = "") -> bytes:
    p = f"{prefix}:" if prefix else ""
    xmlns = f"xmlns:{prefix}" if prefix else "xmlns"
    inside = "\n".join(items)
    text = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<{p}OAI-PMH {xmlns}="{OAI}"{namespaces}>'
        f"<{p}responseDate>2024-01-01T00:00:00Z</{p}responseDate>"
        f'<{p}request verb="{verb}" metadataPrefix="oai_dc">http://x/</{p}request>'
        f"<{p}{verb}>{inside}<{p}resumptionToken>t</{p}resumptionToken></{p}{verb}></{p}OAI-PMH>"
    )
    return text.encode()


def record(identifier: str, metadata: str, *, prefix: str = "", header: str = "") -> str:
    p = f"{prefix}:" if prefix else ""
    return (
        f"<{p}record>\n <{p}header><{p}identifier>{identifier}</{p}identifier>"
        f"<{p}datestamp>2017-05-30</{p}datestamp>{header}</{p}header>\n"
        f" <{p}metadata>\n  {metadata}\n </{p}metadata>\n</{p}record>"
    )


def dc(title: str) -> str:
    return f'<oai_dc:dc xmlns:oai_dc="{OAI_DC}" xmlns:dc="{DC}"><dc:title>{title}</dc:title></oai_dc:dc>'


MARC = '<record xmlns="http://www.loc.gov/MARC21/slim"><leader>x</leader></record>'
