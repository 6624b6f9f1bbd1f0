"""GET /problems/{code}: the page that a problem's `type` leads to, for people and for programs."""

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

from src.kit.problem import Problem
from src.web.errors import NotFound
from src.web.responses import responses

router = APIRouter(prefix="/problems", tags=["Problems"])
pages = Environment(
    loader=PackageLoader("src.web"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
)

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)


@router.get("", summary="All problems", include_in_schema=False)
async def index(request: Request) -> Response:
    problems = sorted(Problem.registry.values(), key=lambda problem: (problem.status, problem.code))
    if _wants_json(request):
        return JSONResponse([_document(request, problem) for problem in problems])
    return _page(request, "problems.html", problems=problems)


@router.get(
    "/{code}",
    summary="What a problem means, why it happens and how to fix it",
    response_class=HTMLResponse,
    responses={200: {"content": {"application/json": {}}}, **responses(NotFound)},
)
async def problem_page(request: Request, code: str) -> Response:
    """HTML for people; JSON if the `Accept` header prefers it."""
    problem = Problem.registry.get(code)
    if problem is None:
        raise NotFound
    if _wants_json(request):
        return JSONResponse(_document(request, problem))
    return _page(request, "problem.html", problem=problem)


def _page(
    request: Request,
    template: str,
    **values: Any,  # noqa: ANN401  Jinja takes any value
) -> HTMLResponse:
    headers = {"Content-Security-Policy": CONTENT_SECURITY_POLICY, "Vary": "Accept"}
    state = request.app.state
    shown = {"app_name": state.app_name, "look": state.look, **values}
    text = pages.get_template(template).render(shown)
    return HTMLResponse(text, headers=headers)


def _wants_json(request: Request) -> bool:
    """True if `Accept` names JSON and not HTML (curl's `*/*` gets the HTML page)."""
    accept = request.headers.get("accept", "")
    return "json" in accept and "text/html" not in accept


def _document(request: Request, problem: type[Problem]) -> dict[str, object]:
    return {
        "type": f"{request.app.state.api_url}/problems/{problem.code}",
        "code": problem.code,
        "status": problem.status,
        "title": problem.title,
        "why": problem.why,
        "fix": problem.fix,
        "mend": problem.fix,  # the old name of `fix`, for one more release
    }
