"""What Solr says in words alone, as types; the words are those of Solr 9."""

from indexer.engines.registry import parse_target
from indexer.engines.solr.words import LOG_ADVICE, MODULE_ADVICE, NoConfigset, not_started, refusal
from indexer.model.errors import PermanentError

CORE = parse_target("solr+http://localhost:8983/solr/biblio")


def test_a_configset_that_is_not_there() -> None:
    error = refusal(CORE, "Error CREATEing SolrCore 'a': Could not load configuration from directory /var/solr/x")
    assert isinstance(error, NoConfigset)
    assert type(refusal(CORE, "Core with name 'a' already exists.")) is PermanentError


def test_the_module_that_is_not_loaded() -> None:
    words = "Error loading class 'solr.ICUFoldingFilterFactory'"
    assert refusal(CORE, words).advice == not_started(CORE, words).advice == MODULE_ADVICE
    assert not_started(CORE, "Unknown fieldType").advice == LOG_ADVICE
    assert refusal(CORE, "Unknown fieldType").advice == ""
