"""A build on a Dask cluster: the parts of the dumps, what workers make of them, and the books over all of it.

Stages of repeatable tasks, each about one part and each with a result in the scratch folder that is there as a whole or
not at all: cut, derive, resolve, push. Only `driver` talks to Dask, and with `build_state` to the state
(docs/cluster.md).
"""
