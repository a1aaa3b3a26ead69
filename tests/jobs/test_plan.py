"""The plan for the sources of a configuration."""

from indexer.config import Config
from indexer.jobs.plan import dumps, part, plan_for_sources


def test_a_plan_for_another_target_leaves_this_one_as_it_is(settings: Config) -> None:
    plan = plan_for_sources(settings)
    for_solr = plan.omitting(frozenset({"topic_facet"}))
    assert (set(plan.spec.omit), set(for_solr.spec.omit)) == (set(), {"topic_facet"})
    [dump], [other] = dumps(plan), dumps(for_solr)
    assert dump.key == other.key
    assert dump.signature != other.signature  # its documents are others
    assert part(for_solr, [other], settings).spec == for_solr.spec
