"""Small articles of PubMed."""

ARTICLES = b"<PubmedArticleSet>%s</PubmedArticleSet>"


def article(pmid: int, title: bytes = b"T") -> bytes:
    return b"<PubmedArticle><PMID>%d</PMID><ArticleTitle>%s</ArticleTitle></PubmedArticle>" % (pmid, title)
