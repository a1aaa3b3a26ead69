"""What is loaded while something goes wrong, and what the books say when it went well all the same."""

from tests.conftest import ROOT

DUMPS = [ROOT / "samples/pubmed20n0014_slice.xml.gz", ROOT / "tests/data/pubmed/pubmed21n1298_slice.xml.gz"]
RECORDS = 2017
BATCH = 100
PUSHES = -(-RECORDS // BATCH)
AFTER = 6  # pushes that pass before the fault
LOADED = {"read": RECORDS, "indexed": RECORDS, "unchanged": 0, "deleted": 0, "filtered": 0, "rejected": 0}
