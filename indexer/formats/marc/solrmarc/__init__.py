"""SolrMarc's field specifications: property files such as VuFind's marc.properties, read as mappings.

`syntax` is what a specification says, `scanner` and `parser` read one, `files` a file of them; `compiler` makes
functions of it, by `extraction`, `conditions`, `formatting`, `collecting`, `tables` and `functions`; `loader` makes
rules of whole files. docs/solrmarc.md has the grammar.
"""
