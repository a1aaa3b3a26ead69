"""What every engine must do, as tests that an engine's author runs on it: the suite that our own engines pass.

A test module of yours takes what your engine can do, and says where its documents go:

    from indexer.testing.fixtures import *
    from indexer.testing.writing import *      # every engine that keeps an index
    from indexer.testing.reading import *      # likewise: from one end to the other
    from indexer.testing.refusing import *     # engines that check values against the schema
    from indexer.testing.searching import *    # engines that search
    from indexer.testing.words import *        # and take the same for a word as ours do
    from indexer.testing.ranking import *
    from indexer.testing.browsing import *     # and can be looked at with `indexer serve`
    from indexer.testing.explaining import *   # and can be asked by `indexer why`

    @pytest.fixture(scope="module")
    def target(tmp_path_factory): ...          # an indexer.model.targets.Target, ready to be loaded into

It needs pytest; docs/extend.md builds an engine with it step by step.
"""
