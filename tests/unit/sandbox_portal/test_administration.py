"""The stand-in's administration: load a world, change what happened, read everything, switch faults; a page for people."""

import httpx
from fastapi.encoders import jsonable_encoder

from tests.sandbox.portal import seed
from tests.sandbox.portal.site import Site
from tests.sandbox.portal.testing import Visitor


def admin(site: Site) -> httpx.Client:
    return httpx.Client(base_url=f"http://127.0.0.1:{site.port}", trust_env=False, follow_redirects=True, verify=False)  # noqa: S501 - loopback


def test_a_world_can_be_loaded_and_read_back(site: Site) -> None:
    world = jsonable_encoder(site.world)
    world["orders"] = world["orders"][:1]
    with admin(site) as client:
        assert client.post("/sandbox/world", json=world).json() == {"ok": True}
        state = client.get("/sandbox/state").json()
    assert state["world"]["orders"] == world["orders"]
    assert site.orders("birchboro")[0].lines[0].price == seed.D("12.50")


def test_an_invoice_moves_through_its_statuses_and_is_paid(site: Site) -> None:
    with admin(site) as client:
        answer = client.post(
            "/sandbox/invoice/9001", json={"status": "Disputed", "dispute_reason": "Wrong price", "paid": False}
        )
        assert answer.json() == {"ok": True}
        assert client.post("/sandbox/invoice/1", json={}).status_code == 409
        assert "Wrong price" in client.get("/sandbox/state").text
        client.post("/status", data={"number": "9001", "to": "Approved", "paid": "1"})
    assert (site.world.invoices[0].status, site.world.invoices[0].paid) == ("Approved", True)


def test_faults_are_switched_on_and_off(site: Site) -> None:
    with admin(site) as client:
        assert client.post("/sandbox/fault", json={"kind": "captcha"}).json() == {"ok": True}
        assert client.post("/sandbox/fault", json={"kind": "slow"}).status_code == 409
        assert client.post("/sandbox/fault", json={"kind": "oops", "step": "order", "sometimes": 1}).status_code == 409
        assert [one.kind for one in site.faults.on] == ["captcha"]
        client.post("/switch", data={"kind": "cut", "step": "save", "when": "after"})
        assert [one.when for one in site.faults.on] == ["before", "after"]
        client.post("/calm")
    assert site.faults.on == []


def test_every_request_is_written_down(site: Site, inside: Visitor) -> None:
    with admin(site) as client:
        requests = client.get("/sandbox/state").json()["requests"]
    assert {"host": "supplier.coupahost.localhost", "method": "GET", "path": "/orders/"}.items() <= requests[-3].items()
    assert inside.site is site


def test_the_page_for_people_tells_the_codes_and_the_faults(site: Site) -> None:
    with admin(site) as client:
        page = client.get("/").text
    assert seed.ROBOT in page
    assert "Save as Draft" in page
    assert site.url("supplier", "/home") in page
