from indexer.pipeline.idset import IdSet


def test_it_holds_what_was_added_and_not_taken_out() -> None:
    with IdSet() as ids:
        ids.add(f"id {n}" for n in range(2000))
        ids.add(["id 1", "Id 1", "\u00e9", "'; DROP TABLE ids"])
        ids.discard(["id 2", "never there"])
        assert ids.without(
            ["id 1", "Id 1", "ID 1", "id 2", "id 1999", "id 2000", "\u00e9", "e\u0301", "'; DROP TABLE ids"]
        ) == [
            "ID 1",
            "id 2",
            "id 2000",
            "e\u0301",
        ]
        assert ids.without([]) == []
