"""How Slack is called, as far as nobody needs to answer for it."""

import ssl

from bot.client import web_client
from core.settings import Settings


def test_all_clients_share_one_list_of_authorities_and_check_against_it() -> None:
    one, other = (web_client(Settings(_env_file=None), token) for token in ("xoxb-1", None))
    assert one.ssl is other.ssl
    assert one.ssl is not None
    assert (one.ssl.verify_mode, one.ssl.check_hostname) == (ssl.CERT_REQUIRED, True)
