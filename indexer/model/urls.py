"""Dumps that lie elsewhere: `https://host/dumps/x.xml.gz`, `http://...` and `s3://bucket/key`, by name."""

import hashlib
import re
from urllib.parse import urlsplit, urlunsplit

DIGEST_BYTES = 4  # enough to tell the queries of one path apart, too few to find out what was in one


def is_remote(path: str) -> bool:
    """Whether a path is the URL of a file, or of a folder, that lies elsewhere."""
    return re.match(r"(?:https?|s3)://.", path) is not None


def public(url: str) -> str:
    """The URL as it may be shown and remembered: a user, a password and what stands in its query (signatures, tokens)
    are secrets. Two queries give two names.
    """
    if not url.startswith("http"):
        return re.sub(r"^s3://[^/]*@", "s3://", url)
    parts = urlsplit(url)
    query = ""
    if parts.query:
        query = "***" + hashlib.blake2b(parts.query.encode(), digest_size=DIGEST_BYTES).hexdigest()
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, query, ""))
