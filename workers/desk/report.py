"""Reports on the desk: choose a period, read it, download it; and the morning digest."""

from datetime import date, timedelta
from typing import Final, Literal

from starlette.responses import Response

from tasks.days import day_of, start_of
from workers.desk.page import EVERYBODY, Page, Visit
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
    return visit.render(
        "report/show.html",
        document=compose(_counted(visit), _writer(visit)),
        since=since,
        until=until,
        today=day_of(now_ms()),
        spans=[(length, _first(length)) for length in (7, 30, 90)],
    )


def download_html(visit: Visit) -> Response:
    """The same as one HTML file."""
    report, writer = _counted(visit), _writer(visit)
    sheets = styles("base.css", "report.css")
    return _file(report, "html", page(compose(report, writer), writer, sheets))


def download_pdf(visit: Visit) -> Response:
    """The same as a PDF."""
    report, writer = _counted(visit), _writer(visit)
    return _file(report, "pdf", pdf(compose(report, writer), writer, report.made_ms))


def show_digest(visit: Visit) -> Response:
    """The morning digest, as of now."""
    made = now_ms()
    period = Period(since_default(made), made)
    found = morning(visit.ledger, visit.desk.settings.institution, period)
    return visit.render("report/digest.html", digest=digest(found, _writer(visit), None))


def _counted(visit: Visit) -> Report:
    since, until = _days(visit)
    made = now_ms()
    period = Period(start_of(since), min(made, start_of(until + timedelta(days=1))))
    return count(visit.ledger, visit.desk.settings.institution, period, made)


def _file(report: Report, kind: Literal["html", "pdf"], body: bytes) -> Response:
    days = report.now.period.days
    name = f"saring-{days[0]:%Y%m%d}-{days[-1]:%Y%m%d}.{kind}"
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(body, media_type=_TYPES[kind], headers=headers)


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
    Page("/report/html", download_html, EVERYBODY),
    Page("/report/pdf", download_pdf, EVERYBODY),
)
