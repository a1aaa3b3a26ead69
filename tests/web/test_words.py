"""Which words of a text are marked, and the place that is shown of a longer one."""

import pytest

from indexer.engines.analysis import stems_of
from indexer.web.words import marked, snippet

TEXTS = {
    "Cultivated teas & a cultivation": "<mark>Cultivated</mark> <mark>teas</mark> &amp; a <mark>cultivation</mark>",
    "Té, thé and TEA's": "Té, thé and <mark>TEA</mark>&#39;s",
    "steam_tea tea-pot 2tea": "steam_<mark>tea</mark> <mark>tea</mark>-pot 2tea",
    "<tea>": "&lt;<mark>tea</mark>&gt;",
    "nothing": "nothing",
}


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("tail", ["", " 茶"])
def test_words_are_marked_in_ascii_and_beyond(text: str, tail: str) -> None:
    assert marked(text + tail, stems_of("tea cultivating")) == TEXTS[text] + tail


def test_a_word_is_marked_however_it_is_accented() -> None:
    assert marked("Ärzte und ARZTE", stems_of("arzte")) == "<mark>Ärzte</mark> und <mark>ARZTE</mark>"
    assert marked("arzte", stems_of("Ärzte")) == "<mark>arzte</mark>"
    assert marked("dying", stems_of("die")) == "<mark>dying</mark>"


def test_of_a_longer_text_the_place_with_the_word_is_shown() -> None:
    text = f"{'far ' * 100}<tea> {'away ' * 100}"
    found = snippet(text, stems_of("teas"))
    assert found is not None
    assert found.startswith("… far")
    assert "&lt;<mark>tea</mark>&gt; away" in found
    assert found.endswith("away …")
    assert snippet(text, stems_of("coffee")) is None
