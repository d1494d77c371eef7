"""Dovecot's configuration for `dovecot.py`: one template for 2.3 and one for 2.4, each with an XOAUTH2 variant."""

import base64
import hashlib
import hmac
import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_COMMON: Final = """\
base_dir = {home}/run
state_dir = {home}/state
log_path = {home}/dovecot.log
protocols = imap
listen = 127.0.0.1
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
first_valid_uid = 1
mailbox_idle_check_interval = 1s
namespace inbox {{
  inbox = yes
  separator = /
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    {address} = 127.0.0.1
    port = {plain_port}
  }}
  inet_listener imaps {{
    {address} = 127.0.0.1
    port = {tls_port}
  }}
}}
"""

_V23: Final = """\
disable_plaintext_auth = no
mail_location = maildir:~/Maildir
"""
_V23_PASSWORD: Final = """\
ssl = no
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {home}/passwd
}}
userdb {{
  driver = passwd-file
  args = username_format=%u {home}/passwd
}}
"""
_V23_OAUTH: Final = """\
ssl = required
ssl_cert = <{home}/cert.pem
ssl_key = <{home}/key.pem
auth_mechanisms = $auth_mechanisms xoauth2 oauthbearer
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {home}/oauth2.conf.ext
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={home}/mail/remit
}}
"""
_V23_OAUTH_ARGS: Final = """\
introspection_mode = local
local_validation_key_dict = fs:posix:prefix={home}/keys/
username_attribute = email
"""

# Dovecot 2.4 (Debian 13) renamed most of it; see https://doc.dovecot.org/2.4.0/installation/upgrade/2.3-to-2.4.html
_V24_FIRST: Final = "dovecot_config_version = 2.4.0\ndovecot_storage_version = 2.4.0\n"
_V24: Final = """\
auth_allow_cleartext = yes
mail_driver = maildir
mail_path = ~/Maildir
"""
_V24_PASSWORD: Final = """\
ssl = no
passdb passwd-file {{
  passwd_file_path = {home}/passwd
  auth_username_format = %{{user}}
}}
userdb passwd-file {{
  passwd_file_path = {home}/passwd
  auth_username_format = %{{user}}
}}
"""
_V24_OAUTH: Final = """\
ssl = required
ssl_server_cert_file = {home}/cert.pem
ssl_server_key_file = {home}/key.pem
auth_mechanisms {{
  xoauth2 = yes
  oauthbearer = yes
}}
oauth2 {{
  introspection_mode = local
  username_attribute = email
}}
oauth2_local_validation {{
  dict fs {{
    fs posix {{
      prefix = {home}/keys/
    }}
  }}
}}
passdb oauth2 {{
  mechanisms_filter = xoauth2 oauthbearer
}}
userdb static {{
  fields {{
    uid = {uid}
    gid = {gid}
    home = {home}/mail/remit
  }}
}}
"""
_V24_MINOR: Final = (2, 4)


@dataclass(frozen=True)
class OAuth:
    """A server that takes XOAUTH2 only, and believes tokens signed with `secret`."""

    cert_pem: bytes
    key_pem: bytes
    secret: bytes = b"a key that only this test server knows"

    def write(self, home: Path) -> None:
        (home / "cert.pem").write_bytes(self.cert_pem)
        (home / "key.pem").write_bytes(self.key_pem)
        (home / "key.pem").chmod(0o600)
        (home / "oauth2.conf.ext").write_text(_V23_OAUTH_ARGS.format(home=home))
        key = home / "keys" / "default" / "HS256" / "default"
        key.parent.mkdir(parents=True)
        key.write_bytes(base64.b64encode(self.secret))

    def token(self, email: str, *, lives_s: int = 600, secret: bytes | None = None) -> str:
        """A JSON web token for `email`; a negative life gives an expired one."""
        now = int(time.time())
        claims = {
            "iss": "tests",
            "sub": email,
            "aud": "tests",
            "email": email,
            "iat": now - 900,
            "nbf": now - 900,
            "exp": now + lives_s,
        }
        head = {"alg": "HS256", "typ": "JWT", "kid": "default"}
        signed = b".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in (head, claims))
        mac = hmac.new(secret or self.secret, signed, hashlib.sha256).digest()
        return (signed + b"." + base64.urlsafe_b64encode(mac).rstrip(b"=")).decode()


def render(
    version: tuple[int, int], home: Path, port: int, names: tuple[str, str], oauth: OAuth | None, ids: tuple[int, int]
) -> str:
    """The configuration file. `port` takes plain connections, or TLS ones where the server is for XOAUTH2."""
    new = version >= _V24_MINOR
    if new:
        text = _V24_FIRST + _COMMON + _V24 + (_V24_OAUTH if oauth else _V24_PASSWORD)
    else:
        text = _COMMON + _V23 + (_V23_OAUTH if oauth else _V23_PASSWORD)
    return text.format(
        home=home,
        user=names[0],
        group=names[1],
        plain_port=0 if oauth else port,
        tls_port=port if oauth else 0,
        address="listen" if new else "address",
        uid=ids[0],
        gid=ids[1],
    )
