"""What an endpoint answers, whatever becomes of it; and what is answered in its place."""

from collections.abc import Callable

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from indexer.model.errors import ConfigError, IndexerError
from indexer.web.asked import BadRequest
from indexer.web.render import refuse

SECONDS = 15.0  # that an answer may take
RETRY_AFTER = "2"
Endpoint = Callable[[Request], Response]
log = structlog.get_logger()


def answer(endpoint: Endpoint, request: Request, of_index: bool = True) -> Response:
    """The endpoint's answer, or one that says why there is none. `of_index`: the index is to be as it is now."""
    try:
        if of_index:
            request.app.state.index.refresh()
        return endpoint(request)
    except BadRequest as error:
        return refuse(request, 400, error.key, **error.values)
    except HTTPException as error:
        return refuse(request, error.status_code, {404: "not_found", 400: "no_form"}.get(error.status_code, "failed"))
    except ConfigError as error:  # the engine does not take what was asked for
        log.info("request_refused", path=request.url.path, reason=error.message)
        return refuse(request, 400, "not_taken")
    except IndexerError as error:
        log.error("index_does_not_answer", path=request.url.path, reason=error.message)
        return busy(request, "no_index")
    except Exception:
        log.exception("request_failed", path=request.url.path)
        return refuse(request, 500, "failed")


def busy(request: Request, key: str) -> Response:
    """There is no answer now, and may be one soon."""
    response = refuse(request, 503, key)
    response.headers["retry-after"] = RETRY_AFTER
    return response
