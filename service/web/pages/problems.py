"""Problem documents as pages, for people who open the review in a browser."""

import json
from typing import Final

from fastapi import Request, Response
from fastapi.responses import HTMLResponse

from service.web.pages.rendering import render_message

_OF_THE_BODY: Final = frozenset({"content-type", "content-length"})


def readable(request: Request, problem: Response) -> Response:
    """Return a problem document as a page where a browser opens one of the review's addresses.

    Scripts and programs, which do not ask for HTML, get the document as it is.
    """
    asks_for_page = "text/html" in request.headers.get("accept", "")
    if not (asks_for_page and request.url.path.startswith("/review")):
        return problem
    content = json.loads(bytes(problem.body))
    headers = {k: v for k, v in problem.headers.items() if k not in _OF_THE_BODY}
    page = render_message(title=content["title"], detail=content["detail"])
    return HTMLResponse(page, status_code=problem.status_code, headers=headers)
