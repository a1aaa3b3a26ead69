"""What reasons and warnings have in common."""

import pytest

from indexer.model import reasons


@pytest.mark.parametrize(
    ("warning", "kind"),
    [
        ("leader says MARC-8, and the record is Latin-1. Read as Latin-1",) * 2,
        ("245 $a: byte 0xE9 is not UTF-8", "… $a: byte … is not UTF-8"),
        ("title: 'x' has 3", "title: … has …"),
    ],
)
def test_a_kind_of_warning_names_no_record_and_names_encodings(warning: str, kind: str) -> None:
    assert reasons.kind(warning) == kind
