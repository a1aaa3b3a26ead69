"""Shelves of books: records of which a stylesheet makes a document a book."""

from collections.abc import Sequence
from pathlib import Path

STYLESHEET = """<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
<xsl:template match="shelf"><add><xsl:apply-templates/></add></xsl:template>
<xsl:template match="book"><doc><field name="id"><xsl:value-of select="@id"/></field>
<field name="title"><xsl:value-of select="."/></field></doc></xsl:template>
<xsl:template match="gone"><delete><id><xsl:value-of select="@id"/></id></delete></xsl:template>
</xsl:stylesheet>"""

Shelf = str  # "a=one b=two -c": the books with their titles, and what is gone


def write(folder: Path, shelves: Sequence[Shelf], name: str = "f.xml") -> list[str]:
    def book(word: str) -> str:
        id, _, title = word.partition("=")
        return f'<gone id="{id[1:]}"/>' if id.startswith("-") else f'<book id="{id}">{title}</book>'

    body = "".join(f"<shelf>{''.join(map(book, shelf.split()))}</shelf>" for shelf in shelves)
    (folder / name).write_text(f"<shelves>{body}</shelves>")
    return [str(folder / name)]
