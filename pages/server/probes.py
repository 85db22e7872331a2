"""Two addresses for whatever watches over the program: is it alive, and can it do its work? Words only, no value."""

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from creason_core.doctor import free_space
from creason_core.errors import CReasonError
from pages.server.services import process_services


def alive(_request: Request) -> Response:
    """Answers while the process does."""
    return PlainTextResponse("ok")


def ready(_request: Request) -> Response:
    """Whether database, model and disk can do their work: 200 when all can, else 503."""
    found = {"database": False, "model": False, "space": False}
    try:
        s = process_services()
        found["model"] = s.health.latest.ready
        found["space"] = free_space(s.settings.data_dir).status == "good"
        with s.db.read() as connection:
            found["database"] = connection.exec_driver_sql("SELECT 1").scalar_one() == 1
    except CReasonError:  # says in words on every page what it is
        pass
    return JSONResponse(
        {name: "ready" if good else "not ready" for name, good in found.items()},
        status_code=200 if all(found.values()) else 503,
    )


PROBES = (Route("/healthz", alive), Route("/readyz", ready))
