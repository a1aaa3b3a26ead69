"""Bare parsing: the records of a packed file, one after the other, into lxml trees that are dropped at once.

Prints the processor time of the reading and parsing in seconds, the start of the interpreter not counted.
"""

import sys
import time
from pathlib import Path

from dumps import unpack
from lxml import etree

began = time.process_time()
for raw in unpack(Path(sys.argv[1])):
    etree.fromstring(raw)
print(time.process_time() - began)
