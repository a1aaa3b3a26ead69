"""Damage to the bytes of one record: what networks, editors, exports and hostile hands do to it.

Every mutation takes the source of chance, the record, the words of its syntax and the bytes of another record.
"""

import re
from collections.abc import Callable, Sequence
from random import Random

Mutation = Callable[[Random, bytes, Sequence[bytes], bytes], bytes]

_TOKENS = re.compile(rb"[0-9A-Za-z]+|[^0-9A-Za-z]")
_NUMBERS = re.compile(rb"[0-9]+")
_BAD_TEXT = (
    b"\xff",
    b"\xc0\xaf",  # an overlong slash
    b"\xed\xa0\x80",  # half of a surrogate pair in UTF-8
    b"\xf4\x90\x80\x80",  # behind the last code point
    b"\xe9",
    b"caf\xc3",
    b"\x00",
    b"\xef\xbb\xbf",
    b"\xef\xbf\xbe",
    b"\x1b$1",
    b"\x1b",
    b"\\ud83d",
    b"\\u0000",
    b"&#xD800;",
    b"&#0;",
    b"&#99999999999999999999;",
    b"&bomb;",
    b"\xe2\x80\xae",
    b"\x85",
    b"\xe2\x80\xa8",
    b"\r",
)


def damaged(random: Random, record: bytes, words: Sequence[bytes], other: bytes) -> tuple[bytes, list[str]]:
    """The record after one or several mutations, and what they are called."""
    chosen = random.choices(MUTATIONS, k=random.choice((1, 1, 1, 2, 3, 6)))
    for mutation in chosen:
        record = mutation(random, record, words, other)
    return record, [mutation.__name__ for mutation in chosen]


def flipped_bits(random: Random, record: bytes, _words: Sequence[bytes], _other: bytes) -> bytes:
    flipped = bytearray(record)
    for _ in range(random.choice((1, 1, 2, 8, 64))):
        if flipped:
            flipped[random.randrange(len(flipped))] ^= 1 << random.randrange(8)
    return bytes(flipped)


def inserted_bytes(random: Random, record: bytes, _words: Sequence[bytes], _other: bytes) -> bytes:
    at = _place(random, record)
    return record[:at] + random.randbytes(random.choice((1, 1, 2, 4, 12, 300))) + record[at:]


def inserted_words(random: Random, record: bytes, words: Sequence[bytes], _other: bytes) -> bytes:
    """Marks of the syntax where they do not belong."""
    for word in random.choices(words, k=random.choice((1, 1, 2, 5))):
        at = _place(random, record)
        record = record[:at] + word + record[at:]
    return record


def deleted(random: Random, record: bytes, _words: Sequence[bytes], _other: bytes) -> bytes:
    start, end = _slice(random, record)
    return record[:start] + record[end:]


def deleted_words(random: Random, record: bytes, words: Sequence[bytes], _other: bytes) -> bytes:
    """A mark of the syntax taken out, in one place or everywhere."""
    there = [word for word in words if word in record]
    if not there:
        return record
    word = random.choice(there)
    if random.random() < 0.2:
        return record.replace(word, b"")
    at = random.choice([match.start() for match in re.finditer(re.escape(word), record)])
    return record[:at] + record[at + len(word) :]


def duplicated(random: Random, record: bytes, _words: Sequence[bytes], _other: bytes) -> bytes:
    start, end = _slice(random, record)
    return record[:end] + record[start:end] * random.choice((1, 1, 2, 9)) + record[end:]


def swapped_tokens(random: Random, record: bytes, _words: Sequence[bytes], _other: bytes) -> bytes:
    tokens = _TOKENS.findall(record)
    for _ in range(random.choice((1, 1, 3, 20))):
        if len(tokens) > 1:
            one, two = random.randrange(len(tokens)), random.randrange(len(tokens))
            tokens[one], tokens[two] = tokens[two], tokens[one]
    return b"".join(tokens)


def cut(random: Random, record: bytes, _words: Sequence[bytes], _other: bytes) -> bytes:
    at = _place(random, record)
    return record[at:] if random.random() < 0.3 else record[:at]


def spliced(random: Random, record: bytes, _words: Sequence[bytes], other: bytes) -> bytes:
    """A part of another record in the place of a part of this one."""
    start, end = _slice(random, record)
    first, last = _slice(random, other)
    return record[:start] + other[first:last] + record[end:]


def lying_number(random: Random, record: bytes, _words: Sequence[bytes], _other: bytes) -> bytes:
    """A number, as likely as not one at the beginning (lengths of ISO 2709), says something else in as many digits."""
    numbers = list(_NUMBERS.finditer(record[:200] if random.random() < 0.5 else record))
    if not numbers:
        return record
    number = random.choice(numbers)
    size = len(number.group())
    lie = random.choice((b"0" * size, b"9" * size, b"%0*d" % (size, random.randrange(10 ** min(size, 6)))))
    return record[: number.start()] + lie[:size] + record[number.end() :]


def bomb_of_digits(random: Random, record: bytes, _words: Sequence[bytes], _other: bytes) -> bytes:
    """A number that no machine word holds, nor Python's own limit of digits."""
    numbers = list(_NUMBERS.finditer(record))
    bomb = random.choice((b"1", b"0", b"9", b"-1", b"1.", b"1e", b"\xd9\xa1")) * random.choice((20, 5_000, 50_000))
    if not numbers:
        return record + bomb
    number = random.choice(numbers)
    return record[: number.start()] + bomb + record[number.end() :]


def run_of_one_word(random: Random, record: bytes, words: Sequence[bytes], _other: bytes) -> bytes:
    """One byte or word thousands of times: what a regular expression or a quadratic loop chokes on."""
    word = random.choice((*words, b" ", b"\n", b"a", b".", b"(", b"a ", b"\xcc\x81", bytes([random.randrange(256)])))
    at = _place(random, record)
    return record[:at] + word * random.choice((50, 1_000, 20_000)) + record[at:]


def nested_deep(random: Random, record: bytes, _words: Sequence[bytes], _other: bytes) -> bytes:
    depth = random.choice((100, 1_000, 20_000))
    opening, closing = random.choice(((b"[", b"]"), (b'{"a":', b"}"), (b"<a>", b"</a>"), (b"<!--", b"-->")))
    at = _place(random, record)
    return record[:at] + opening * depth + closing * random.choice((0, depth - 1, depth)) + record[at:]


def bad_text(random: Random, record: bytes, _words: Sequence[bytes], _other: bytes) -> bytes:
    for bad in random.choices(_BAD_TEXT, k=random.choice((1, 1, 3))):
        at = _place(random, record)
        record = record[:at] + bad + record[at:]
    return record


MUTATIONS: tuple[Mutation, ...] = (
    flipped_bits,
    inserted_bytes,
    inserted_words,
    deleted,
    deleted_words,
    duplicated,
    swapped_tokens,
    cut,
    spliced,
    lying_number,
    bomb_of_digits,
    run_of_one_word,
    nested_deep,
    bad_text,
)


def _place(random: Random, record: bytes) -> int:
    """Anywhere, and more often at the edges, where the neighbours are."""
    near = min(len(record), 40)
    return random.choice(
        (random.randint(0, len(record)), random.randint(0, near), len(record) - random.randint(0, near))
    )


def _slice(random: Random, record: bytes) -> tuple[int, int]:
    start = _place(random, record)
    return start, min(len(record), start + random.choice((1, 2, 5, 30, 400, len(record))))
