"""What a server or a program has written before a dump: an error page, warnings of PHP, an error in JSON."""

import re

_LEVEL = rb"(?:PHP )?(?:Fatal error|Parse error|Warning|Notice|Deprecated|Strict Standards)"
_LINE = rb"[^\n]{0,2000}"
_OF_PHP = re.compile(
    rb"(?:<br\s*/?>\s*)?<b>%s</b>:%s<br\s*/?>[ \r\n]*|%s: %s\n[ \r\n]*" % (_LEVEL, _LINE, _LEVEL, _LINE)
)
_PAGE = re.compile(rb"(?:<!doctype html[^>]*>\s*)?<html[\s>].*?</html>[ \r\n]*", re.IGNORECASE | re.DOTALL)
_IN_JSON = re.compile(rb'\{\s*"(?:errors?|message|fault|detail)"\s*:%s\}[ \t\r]*\n[ \r\n]*' % _LINE)
_CERTAIN = re.compile(rb"[<{]|[^\n]* on line [0-9]")
_BLANK = re.compile(rb"[ \t\r\n]*")
_TAG = re.compile(rb"<[^<>]*>")
_LIMIT = 64 << 10  # bytes


def size_of_messages(head: bytes) -> int:
    """How many bytes at the beginning of `head` are messages, of one kind or several; 0: none that is known."""
    blank = _BLANK.match(head)
    start = at = blank.end() if blank else 0
    while at < _LIMIT:
        match = _OF_PHP.match(head, at) or _PAGE.match(head, at, at + _LIMIT) or _IN_JSON.match(head, at)
        if match is None:
            break
        at = match.end()
    return at if at > start else 0


def is_certain(head: bytes) -> bool:
    """Whether no table begins like this: a line such as "Notice: ..." may be a row."""
    return _CERTAIN.match(head.lstrip()) is not None


def words_of(message: bytes) -> bytes:
    """The message without its tags."""
    return b" ".join(_TAG.sub(b" ", message).split())
