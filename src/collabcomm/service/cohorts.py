"""An assessor's addresses: cohorts, and what their learners did."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import StreamingResponse

from collabcomm.engine.people import ASSESSING, JOIN_CODE
from collabcomm.errors import Forbidden
from collabcomm.http import API
from collabcomm.results import export
from collabcomm.results.cohorts import new_cohort
from collabcomm.service.bodies import Answer, CohortBody, cohort_answer
from collabcomm.service.contents import contents_of
from collabcomm.service.identity import Role, assessor, store_of

router = APIRouter(prefix=f"{API}/cohorts")


@router.get("")
def cohorts(request: Request, role: Role) -> Answer:
    """List the cohorts to anybody with a token."""
    return {"cohorts": [cohort_answer(cohort) for cohort in store_of(request).cohorts.all()]}


@router.post("", status_code=201)
def create(request: Request, role: Role, body: CohortBody) -> Answer:
    """Make a cohort, with an assessor's or admin's token."""
    if role not in ASSESSING:
        raise Forbidden(f"A {role}'s token may not make cohorts.")
    modules = contents_of(request).delivery["modules"]
    fields = new_cohort(modules, **body.model_dump())
    return cohort_answer(store_of(request).cohorts.create(**fields))


@router.get("/{code}/results", dependencies=[Depends(assessor)])
def results(
    code: Annotated[str, "The cohort's code."],
    request: Request,
    shape: Annotated[export.Shape, Query(alias="format")] = "csv",
    rows: export.Rows = "attempts",
    activity: Annotated[str | None, Query(max_length=80, pattern="^[a-z0-9-]+$")] = None,
    bom: bool = False,
) -> StreamingResponse:
    """Stream a cohort's results to an assessor's or admin's token."""
    store = store_of(request)
    cohort = store.cohorts.get(JOIN_CODE.clean(code))
    options = export.Options(rows, activity, bom, site=str(request.base_url))
    name = export.file_name(cohort, shape, rows)
    return StreamingResponse(
        export.export(store, cohort, shape, options),
        media_type=export.FORMATS[shape].media,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
