"""`indexer serve`: an index as web pages and as VuFind's API, for whoever wants to look. It only reads.

app.py       the application: routes, limits, headers
asked.py     what a request asks for, out of its URL
pages.py     the pages: search and record; their templates and styles lie beside it
api.py       /api/v1, as VuFind's
record.py    what is shown of a record, and what is like it
made.py      how a record was made: its rules, and the original
export.py    records as RIS, BibTeX, CSV, COinS, JSON-LD, Atom
"""
