"""Which driver drives which portal. To add one: a package beside `coupa`, a line here, its name in `KNOWN_PORTALS`."""

from collections.abc import Callable, Mapping

from playwright.sync_api import Browser

from core.ports.portal import PortalCredential, PortalDriver
from core.settings import Settings
from portal.coupa.driver import CoupaDriver, PortalTools
from portal.coupa.options import CoupaOptions

Maker = Callable[[Browser, PortalCredential, PortalTools], PortalDriver]


def makers(settings: Settings) -> Mapping[str, Maker]:
    """A maker for each portal that we have a driver for."""
    coupa = CoupaOptions(address=settings.portal.coupa_address.rstrip("/"), pace_s=settings.portal.pace_s)

    def make_coupa(browser: Browser, credential: PortalCredential, tools: PortalTools) -> PortalDriver:
        return CoupaDriver(browser, credential, tools, coupa)

    return {"coupa": make_coupa}
