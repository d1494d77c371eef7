"""How a story ended, as an answer of the API."""

from fastapi.responses import JSONResponse

from core.app.outcomes import AlreadyDone, Outcome, Refusal
from core.web.problems import Problem, of_code


def answer(problem: Problem) -> JSONResponse:
    """A problem as JSON."""
    headers = {"Retry-After": str(problem.retry_after_s)} if problem.retry_after_s else None
    return JSONResponse({"code": problem.code, "sentence": problem.sentence}, problem.status, headers)


def as_json(outcome: Outcome) -> JSONResponse:
    """Done, already done, or the problem with its status."""
    if isinstance(outcome, Refusal):
        return answer(of_code(outcome.code, outcome.sentence))
    status = "already_done" if isinstance(outcome, AlreadyDone) else "done"
    return JSONResponse({"status": status, "subject": outcome.subject_id, "sentence": outcome.sentence})
