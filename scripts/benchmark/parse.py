"""Bare parsing, what comes of it dropped at once: the records of a packed file into lxml trees, or those of a MARC file
(.mrc) into pymarc's records.

Prints the processor time of the reading and parsing in seconds, the start of the interpreter not counted.
"""

import sys
import time
from pathlib import Path

from dumps import unpack
from lxml import etree
from pymarc import MARCReader

path = Path(sys.argv[1])
began = time.process_time()
if path.suffix == ".mrc":
    with path.open("rb") as file:
        for record in MARCReader(file):
            assert record is not None
else:
    for raw in unpack(path):
        etree.fromstring(raw)
print(time.process_time() - began)
