"""What the forms of the staff's pages send. Small, and read before the request takes one of the places for answers."""

from urllib.parse import parse_qsl

from starlette.requests import Request

LARGEST = 64_000  # bytes
MOST = 50  # fields
TYPE = "application/x-www-form-urlencoded"


async def read_form(request: Request) -> tuple[int, str] | None:
    """Puts the form into `request.state.form`; what it is refused for, a status and a message's key."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != TYPE:
        return 415, "no_form"
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > LARGEST:
            return 413, "no_form"
    try:
        pairs = parse_qsl(body.decode("utf-8"), keep_blank_values=True, max_num_fields=MOST)
    except ValueError:
        return 400, "no_form"
    request.state.form = dict(pairs)
    return None
