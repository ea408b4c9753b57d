"""Reports on the desk: choose a period, read it, download it; and the morning digest."""

from datetime import date, timedelta
from typing import Final, Literal

from starlette.responses import Response

from tasks.days import day_of, start_of
from workers.desk.page import EVERYBODY, NotFound, Page, Visit
from workers.desk.rendering import styles
from workers.ledger.database import now_ms
from workers.report.compose import compose
from workers.report.digest import digest, morning, since_default
from workers.report.figures import count
from workers.report.html import page
from workers.report.model import Period, Report
from workers.report.pdf import pdf
from workers.report.writing import Writer

MOST_DAYS: Final = 92
"""Longest period that the desk counts while somebody waits; `saring report` takes any."""
_LAST: Final = 7
_TYPES: Final = {"html": "text/html; charset=utf-8", "pdf": "application/pdf"}


def show(visit: Visit) -> Response:
    """The report on the period in the address: the last seven days if it names none."""
    since, until = _days(visit)
    writer = _writer(visit)
    return visit.render(
        "report/show.html",
        document=compose(_count(visit, since, until), writer),
        since=since,
        until=until,
        today=day_of(now_ms()),
        spans=[(length, _first(length)) for length in (7, 30, 90)],
    )


def download(visit: Visit) -> Response:
    """The same as a file: `html` or `pdf`."""
    kind = visit.request.path_params["kind"]
    if kind not in _TYPES:
        raise NotFound
    since, until = _days(visit)
    writer = _writer(visit)
    report = _count(visit, since, until)
    document = compose(report, writer)
    body = (
        pdf(document, writer, report.made_ms)
        if kind == "pdf"
        else page(document, writer, styles("base.css", "report.css"))
    )
    name = f"saring-{since:%Y%m%d}-{until:%Y%m%d}.{kind}"
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(body, media_type=_TYPES[kind], headers=headers)


def show_digest(visit: Visit) -> Response:
    """The morning digest, as of now."""
    made = now_ms()
    period = Period(since_default(made), made)
    found = morning(visit.ledger, visit.desk.settings.institution, period)
    return visit.render("report/digest.html", digest=digest(found, _writer(visit), None))


def _count(visit: Visit, since: date, until: date) -> Report:
    made = now_ms()
    end = min(made, start_of(until + timedelta(days=1)))
    period = Period(start_of(since), end)
    return count(visit.ledger, visit.desk.settings.institution, period, made)


def _days(visit: Visit) -> tuple[date, date]:
    """First and last day of the period, in WIB. Raises ValueError with what to do instead."""
    until = _day(visit, "until", day_of(now_ms()))
    since = _day(visit, "since", until - timedelta(days=_LAST - 1))
    if since > until:
        raise ValueError(visit.text("report.order"))
    if since > day_of(now_ms()):
        raise ValueError(visit.text("report.future"))
    if (until - since).days >= MOST_DAYS:
        raise ValueError(visit.text("report.bad_span", most=MOST_DAYS))
    return since, until


def _day(visit: Visit, name: Literal["since", "until"], default: date) -> date:
    sent = visit.request.query_params.get(name, "")
    if not sent:
        return default
    try:
        return date.fromisoformat(sent)
    except ValueError:
        label = visit.text("report.from" if name == "since" else "report.to")
        raise ValueError(visit.text("report.bad_day", field=label)) from None


def _first(length: int) -> date:
    return day_of(now_ms()) - timedelta(days=length - 1)


def _writer(visit: Visit) -> Writer:
    return Writer(visit.desk.rendering, visit.language)


PAGES = (
    Page("/report", show, EVERYBODY),
    Page("/report/digest", show_digest, EVERYBODY),
    Page("/report/file/{kind}", download, EVERYBODY),
)
