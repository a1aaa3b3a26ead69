"""What Solr says in words alone: its answers have one status for many things."""

from indexer.model.errors import ConfigError, PermanentError
from indexer.model.targets import Target

NO_CONFIGSET = "Could not load configuration from directory"  # to core admin's CREATE
NO_FIELD = "undefined field"
ICU = "ICU"  # in the name of a class that is not there: Solr does without its module analysis-extras
MODULE_ADVICE = "Start Solr with its ICU module: SOLR_MODULES=analysis-extras."
LOG_ADVICE = "Solr's log says more."


class NoConfigset(PermanentError):
    """The server has no configset of the name that a core is to be made with."""


class NoField(ConfigError):
    """A search names a field that the core does not have."""


def search_refused(target: Target, words: str) -> ConfigError:
    """The error for these words of a search that Solr does not take."""
    kind = NoField if NO_FIELD in words else ConfigError
    return kind(f"{target}: Solr does not take this search: {words}")


def refusal(target: Target, words: str) -> PermanentError:
    """The error for these words of a refusal."""
    kind = NoConfigset if NO_CONFIGSET in words else PermanentError
    return kind(f"{target}: {words}", advice=MODULE_ADVICE if ICU in words else "")


def not_started(target: Target, words: str) -> PermanentError:
    """The error for a core that does not start for this reason."""
    advice = MODULE_ADVICE if ICU in words else LOG_ADVICE
    return PermanentError(f"{target}: the core does not start: {words}", advice=advice)
