"""Customers' portals: how fast orders are read and kept, what a sync costs when nothing changed, drafts an hour, memory.

Chromium drives the stand-in on this machine without a polite pause; the pages are counted, because at a real portal each of
them takes the pause of the settings as well. Seconds of the processors, of all three together, are given beside those of the
clock, because they are nearly the same on a busy machine.
"""

import json
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from statistics import median
from typing import TypeVar

import psutil

from core.app.outbox import Relay, RelayLimits
from core.app.portals import logins, suggesting, syncing
from core.app.portals.commands import LoginSecrets, RotateLogin
from core.domain.events import SubmissionEvent
from core.domain.portal_orders import CustomerPurchaseOrder, OrderCursor, OrderSync, PortalCustomer
from core.domain.portals import SyncState
from core.domain.workflows import SubmissionState
from core.store.unit_of_work import SqlStore
from portal.coupa.driver import CoupaDriver
from portal.coupa.options import CoupaOptions
from portal.work import Habits, PortalWorker
from tests.bench.figures import Figure
from tests.browser import chromium as named_chromium
from tests.builders import acting, usd
from tests.databases import AUDIT_KEY, SetClock, fresh_database, fresh_store
from tests.portals import BIRCH, a_customer_order, an_order_line
from tests.portals_desk import PortalDesk
from tests.sandbox.portal import seed
from tests.sandbox.portal.model import Order, OrderLine
from tests.sandbox.portal.robot import SiteClock
from tests.sandbox.portal.site import Site
from tests.sandbox.portal.testing import running_portal

KEPT = (100, 1_000, 10_000)
READ = (100, 1_000, 10_000)
CONTEXTS = 3
PARTS = 3
LINES = 3
DRAFTS = 5
FIRST = 50
POLITE_S = 1.5
MEBIBYTE = 2**20
BUYER = PortalCustomer(BIRCH)


def figures() -> list[Figure]:
    found = [figure for count in KEPT for figure in _kept(count)]
    with _browsing() as bench:
        found += _first(bench)
        found += _drafts(bench)
        for count in READ:
            found += _first_part(bench, count)
            found += _nothing_changed(bench, count)
    return found


# Keeping and matching, without a browser.


def _kept(count: int) -> Iterator[Figure]:
    """Orders into the database and through the two rules; then the same sync again with nothing new."""
    lines = tuple(an_order_line(str(number), "10.00", "5") for number in range(1, LINES + 1))
    orders = tuple(a_customer_order(f"PO-{number:06}", lines=lines) for number in range(count))
    invoices = range(0, count, 10)
    with tempfile.TemporaryDirectory() as folder, fresh_store("sqlite", Path(folder), SetClock()) as store:
        desk = PortalDesk(store, SetClock())
        desk.switch_on()
        desk.invoices(*(desk.invoice(f"INV-{number}", "150.00", f"PO-{number:06}") for number in invoices), files=False)
        stored, matched = _synced(desk, orders, ())
        again = _synced(desk, (), tuple(order.number for order in orders))
        with store.read() as unit:
            suggested = sum(unit.submissions.counts().values())
    where = f"{count:,} orders of {LINES} lines"
    yield Figure(f"kept, {where}", f"{count / stored * 60:,.0f} orders/min", "", f"{stored:.1f} s")
    yield Figure(f"matched with {len(invoices):,} invoices, {where}", f"{matched:.1f} s", "", f"{suggested:,} suggested")
    yield Figure(f"kept and matched again, nothing new, {where}", f"{sum(again) * 1000:.0f} ms")


def _synced(desk: PortalDesk, orders: tuple[CustomerPurchaseOrder, ...], unchanged: tuple[str, ...]) -> tuple[float, float]:
    """Seconds of keeping, and of what follows."""
    began = time.perf_counter()
    desk.syncs += 1
    run = syncing.start(desk.services, desk.login, f"bench {desk.syncs}")
    run, (listed,) = syncing.customers_seen(desk.services, run, [BUYER])
    digests = {order.number: "0123456789abcdef" for order in orders}
    sync = OrderSync(BUYER, orders, unchanged, OrderCursor(json.dumps(digests)), 1, len(orders))
    for start in range(0, len(orders), 25):
        part = replace(sync, changed=orders[start : start + 25], to_read=len(orders) - start)
        run = syncing.take_part(desk.services, run, listed, part)
    run = syncing.customer_done(desk.services, run, listed, sync)
    kept = time.perf_counter()
    syncing.finish(desk.services, run)
    return kept - began, time.perf_counter() - kept


# The stand-in, in Chromium.


@dataclass
class _Bench:
    site: Site
    desk: PortalDesk
    worker: PortalWorker
    relay: Relay
    pages: list[float] = field(default_factory=list)

    def work(self) -> float:
        """Seconds until nothing is due."""
        began = time.perf_counter()
        while self.relay.run_once():
            pass
        return time.perf_counter() - began

    def driver(self) -> CoupaDriver:
        driver = self.worker.driver(self.desk.login)
        assert isinstance(driver, CoupaDriver)
        return driver


@contextmanager
def _browsing() -> Iterator[_Bench]:
    with tempfile.TemporaryDirectory() as folder, running_portal() as site, fresh_database("sqlite", Path(folder)) as url:
        user = site.user(seed.ROBOT)
        assert user is not None
        user.buyers = ["birchboro"]
        store = SqlStore(url, SiteClock(site), AUDIT_KEY)
        desk = PortalDesk(store, SiteClock(site))
        with store.write() as unit:
            present = unit.portal_logins.get(desk.login)
            unit.portal_logins.save(replace(present, login=seed.ROBOT, version=present.version + 1), present.version)
        secrets = LoginSecrets(seed.PASSWORD, seed.SECRET)
        logins.rotate(desk.services, RotateLogin(desk.login, secrets, acting(desk.administrator), "mm/dd/yyyy", "."))
        pages: list[float] = []

        def pause(seconds: float) -> None:
            """A pause is a page; waiting for a one-time code is time at the portal."""
            pages.append(seconds)
            site.advance(seconds)

        worker = PortalWorker(
            desk.services, _makers(site), Habits(named_chromium() or "", 60.0, 600.0), threading.Event(), pause
        )
        relay = Relay(store, SiteClock(site), worker.performers(), "portal", RelayLimits(lease_s=60.0))
        yield _Bench(site, desk, worker, relay, pages)
        worker.close()
        store.close()


def _makers(site: Site) -> dict[str, Callable[..., CoupaDriver]]:
    options = CoupaOptions(address=site.url("supplier", ""), pace_s=0.0, lookups_apart_s=0.2)
    return {"coupa": lambda browser, credential, tools: CoupaDriver(browser, credential, tools, options)}


def _world(site: Site, count: int) -> None:
    """So many orders of one customer, and nothing else."""
    lines = [
        OrderLine(number, f"Oak boards {number}", Decimal("12.50"), quantity=Decimal(200)) for number in range(1, LINES + 1)
    ]
    with site.lock:
        site.world.orders = [Order(10_000 + n, f"PO-{n:06}", "birchboro", date(2026, 1, 5), lines) for n in range(count)]
        site.world.invoices = []


def _first(bench: _Bench) -> Iterator[Figure]:
    """The first run: three tables, and the page of every order."""
    _world(bench.site, FIRST)
    bench.desk.switch_on()
    seconds = bench.work()
    with bench.desk.store.read() as unit:
        (run,) = unit.portal_orders.runs()
    assert (run.state, run.orders_read) == (SyncState.DONE, FIRST), run
    polite = seconds + len(bench.pages) * POLITE_S
    yield Figure(f"first sync, {FIRST} orders, in Chromium", f"{FIRST / seconds * 60:.0f} orders/min", "", f"{seconds:.1f} s")
    yield Figure("the same in lines", f"{FIRST * LINES / seconds * 60:.0f} lines/min")
    yield Figure(f"at a polite {POLITE_S} s a page", f"{FIRST / polite * 60:.0f} orders/min", "", f"{len(bench.pages)} pages")


def _drafts(bench: _Bench) -> Iterator[Figure]:
    """Drafts one after another in one session, each looked up, filled, calculated, saved and read back."""
    desk, seconds, pages = bench.desk, [], []
    for number in range(DRAFTS):
        name = f"INV-{30_000 + number}"
        desk.invoices(desk.invoice(name, "625.00", f"PO-{number:06}"))
        suggesting.suggest(desk.services)
        submission = desk.of(name)
        desk.act(submission.id, SubmissionEvent.CHOOSE_LINES, amounts=(("1", usd("625.00")),))
        desk.act(submission.id, SubmissionEvent.MARK_READY)
        bench.pages.clear()
        seconds.append(bench.work())
        pages.append(len(bench.pages))
        assert desk.of(name).state is SubmissionState.DRAFT_SAVED, desk.of(name)
    usual = median(seconds)
    polite = usual + median(pages) * POLITE_S
    yield Figure("a draft from Ready to read back", f"{usual:.1f} s", "", f"{median(pages):.0f} pages")
    yield Figure("drafts an hour, one worker", f"{3600 / usual:.0f}", "", f"{3600 / polite:.0f} at a polite pace")
    memory = sum(_of_browsers(lambda one: one.memory_info().rss)) / MEBIBYTE
    private = _private()
    yield Figure(
        "memory of a worker's browser and its context", f"{private:.0f} MiB", "", f"{memory:.0f} MiB with shared pages"
    )
    yield _a_context(bench)


Of = TypeVar("Of")


def _of_browsers(figure: Callable[[psutil.Process], Of]) -> Iterator[Of]:
    """A figure of every process of the browser; renderers come and go while we look."""
    for one in psutil.Process().children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            if "chrom" in one.name():
                yield figure(one)


def _private() -> float:
    return sum(_of_browsers(lambda one: one.memory_full_info().uss)) / MEBIBYTE


def _a_context(bench: _Bench) -> Figure:
    """What one more browser context takes, with the page of orders and its frame open in it: the same session, read only."""
    window = bench.driver()._opened().window
    state, browser = window.state(), window.context.browser
    assert browser is not None
    before, opened = _private(), []
    for _ in range(CONTEXTS):
        context = browser.new_context(storage_state=state)
        opened.append(context)
        page = context.new_page()
        page.goto(bench.site.url("supplier", "/orders/"), wait_until="load")
        page.frame_locator("#enterprise_frame").locator("tbody tr").first.wait_for()
    each = (_private() - before) / CONTEXTS
    for context in opened:
        context.close()
    return Figure("memory of a browser context, orders open", f"{each:.0f} MiB", "", f"mean of {CONTEXTS} more")


def _cpu_s() -> float:
    """Seconds of the processors so far, of this process and its browser."""
    times = [psutil.Process().cpu_times()]
    for one in psutil.Process().children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            times.append(one.cpu_times())
    return float(sum(one.user + one.system for one in times))


class _EnoughError(Exception):
    """The first part is read; the rest is more of the same."""


def _first_part(bench: _Bench, count: int) -> Iterator[Figure]:
    """The first run over so many orders: the tables and the first pages of orders, measured; the other pages, reckoned."""
    _world(bench.site, count)
    driver, parts = bench.driver(), list[tuple[float, float, int]]()
    driver.log_in()

    def told(_part: OrderSync) -> None:
        parts.append((time.perf_counter(), _cpu_s(), len(bench.pages)))
        if len(parts) == PARTS:
            raise _EnoughError

    bench.pages.clear()
    began, worked = time.perf_counter(), _cpu_s()
    with suppress(_EnoughError):
        driver.orders(BUYER, OrderCursor(""), told)
    (first, first_cpu, _), (last, last_cpu, _) = parts[0], parts[-1]
    size = driver._options.orders_at_once
    each, each_cpu = (last - first) / size / (PARTS - 1), (last_cpu - first_cpu) / size / (PARTS - 1)
    tables, tables_cpu = first - began - each * size, first_cpu - worked - each_cpu * size
    whole = tables + each * count
    pages = parts[0][2] - size + count
    said = f"{each:.2f} s an order ({each_cpu:.2f} s of processors), tables {tables:.1f} s ({tables_cpu:.1f} s of processors)"
    yield Figure(f"first sync of {count:,} orders, reckoned", f"{count / whole * 60:.0f} orders/min", "", said)
    polite = whole + pages * POLITE_S
    yield Figure(f"the same at a polite {POLITE_S} s a page", f"{polite / 3600:.1f} h", "", f"{pages:,} pages")


def _nothing_changed(bench: _Bench, count: int) -> Iterator[Figure]:
    """A sync of which every order is known: the three tables are read, no page of an order is."""
    _world(bench.site, count)
    driver = bench.driver()
    driver.log_in()
    _screen, reader = driver._tools_of_reading()
    digests = reader._listed(BUYER).digests
    bench.pages.clear()
    began, worked = time.perf_counter(), _cpu_s()
    sync = driver.orders(BUYER, OrderCursor(json.dumps(digests)))
    seconds, cpu = time.perf_counter() - began, _cpu_s() - worked
    assert (len(sync.changed), len(sync.unchanged)) == (0, count)
    said = f"{len(bench.pages)} pages, {cpu:.1f} s of processors, {cpu / len(bench.pages):.2f} s a page"
    yield Figure(f"sync of {count:,} orders, nothing changed", f"{seconds:.1f} s", "", said)
