"""Which driver drives which portal. To add one: a package beside `coupa`, a line here, its name in `KNOWN_PORTALS`."""

from collections.abc import Callable, Mapping

from playwright.sync_api import Browser

from core.domain.errors import Misconfigured
from core.ports.portal import PortalCredential, PortalDriver
from core.settings import Settings
from portal.coupa.driver import CoupaDriver
from portal.coupa.options import CoupaOptions
from portal.plain.driver import PlainDriver
from portal.plain.options import PlainOptions
from portal.tools import PortalTools

Maker = Callable[[Browser, PortalCredential, PortalTools], PortalDriver]


def makers(settings: Settings) -> Mapping[str, Maker]:
    """A maker for each portal that we have a driver for."""
    coupa = CoupaOptions(address=settings.portal.coupa_address.rstrip("/"), pace_s=settings.portal.pace_s)

    def make_coupa(browser: Browser, credential: PortalCredential, tools: PortalTools) -> PortalDriver:
        return CoupaDriver(browser, credential, tools, coupa)

    def make_plain(browser: Browser, credential: PortalCredential, tools: PortalTools) -> PortalDriver:
        if not settings.portal.plain_address:
            raise Misconfigured("The address of the plain portal is not set.", setting="portal__plain_address")
        plain = PlainOptions(settings.portal.plain_address.rstrip("/"), pace_s=settings.portal.pace_s)
        return PlainDriver(browser, credential, tools, plain)

    return {"coupa": make_coupa, "plain": make_plain}
