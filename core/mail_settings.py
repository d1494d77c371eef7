"""Settings of the mail process. They are part of `core.settings.Settings` as `mail`, so `TIEOUT_MAIL__IMAP_HOST` and so on.

The first account stands at the top, so that an ordinary `.env` stays flat; further ones are a JSON list in
`TIEOUT_MAIL__MORE_ACCOUNTS`. Every list is written as JSON: `TIEOUT_MAIL__FOLDERS=["INBOX", "Remittances"]`.
"""

from datetime import date
from enum import StrEnum
from typing import Final, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from core.domain.errors import Misconfigured

LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})
TOPMOST_WITHOUT_ID: Final = "topmost-without-id"


class Encryption(StrEnum):
    """How a connection is protected. `NONE` is only taken for a host of this machine."""

    TLS = "tls"
    STARTTLS = "starttls"
    NONE = "none"


class OAuthFlow(StrEnum):
    """Where an access token comes from: the application's own right, or a person's consent kept as a refresh token."""

    CLIENT_CREDENTIALS = "client_credentials"
    REFRESH_TOKEN = "refresh_token"  # noqa: S105  The name of a flow.


class MailAccount(BaseModel):
    """One mailbox on one IMAP server."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(
        "main",
        description="Name of the account in logs, lists and alerts. It is part of what makes a mail known: do not change it.",
    )
    imap_host: str = Field("", description="Host of the IMAP server. Empty: no mailbox is listened to.")
    imap_port: int = Field(993, ge=1, le=65535, description="Port of the IMAP server.")
    imap_encryption: Encryption = Field(Encryption.TLS, description="tls, starttls, or none (this machine only).")
    imap_ca_file: str = Field("", description="File of further certification authorities, for a server with a private one.")
    imap_user: str = Field("", description="Login name, for most servers the mail address.")
    imap_password: SecretStr = Field(SecretStr(""), description="Password or app password. Leave empty with OAuth.")
    oauth_flow: OAuthFlow | None = Field(None, description="client_credentials or refresh_token to log in with XOAUTH2.")
    oauth_token_url: str = Field("", description="Token endpoint of the identity provider.")
    oauth_client_id: str = Field("", description="Client (application) id.")
    oauth_client_secret: SecretStr = Field(SecretStr(""), description="Client secret.")
    oauth_scope: str = Field("https://outlook.office365.com/.default", description="Scope to ask for.")
    oauth_refresh_token: SecretStr = Field(
        SecretStr(""), description="First refresh token; each newer one is kept in oauth_token_file."
    )
    oauth_token_file: str = Field("", description="File (mode 600) that keeps the newest refresh token across restarts.")
    folders: tuple[str, ...] = Field(("INBOX",), min_length=1, description="Folders to listen to, one connection each.")
    since: date | None = Field(None, description="Mails the server received before this day are left alone.")
    move_to: str = Field("", description="Folder to move a mail to once it is stored. Empty: mails stay where they are.")
    flag_stored: bool = Field(
        default=False, description="Flag a mail in the mailbox once it is stored, for people who look there."
    )
    authserv_id: str = Field(
        "",
        description="The id your own receiving server writes into Authentication-Results; only that header is believed. "
        f"`{TOPMOST_WITHOUT_ID}` for Microsoft 365, which writes none. Empty: no sender counts as authenticated.",
    )

    @property
    def is_set(self) -> bool:
        """Whether this account names a server at all."""
        return bool(self.imap_host)

    def checked(self) -> Self:
        """The account itself, if its settings go together; `Misconfigured` names the first one that does not."""
        if not self.imap_user:
            raise Misconfigured("The mailbox has a host and no user.", setting="mail.imap_user")
        if self.imap_encryption is Encryption.NONE and self.imap_host not in LOOPBACK:
            raise Misconfigured(
                f"A login to {self.imap_host} without encryption would send the password in clear.",
                setting="mail.imap_encryption",
            )
        if self.oauth_flow is None and not self.imap_password.get_secret_value():
            raise Misconfigured("The mailbox has neither a password nor an OAuth flow.", setting="mail.imap_password")
        if self.oauth_flow is not None and not (self.oauth_token_url and self.oauth_client_id):
            raise Misconfigured("The OAuth flow needs a token URL and a client id.", setting="mail.oauth_token_url")
        return self


class MailSettings(MailAccount):
    """All settings of the mail process: the first account, further ones, limits, and what it may send."""

    more_accounts: tuple[MailAccount, ...] = Field((), description="Further accounts, each with a name of its own.")

    size_cap_bytes: int = Field(
        30_000_000, ge=1024, description="Mails above this are kept as their header only and shown to a person."
    )
    connect_timeout_s: float = Field(15, gt=0, description="Longest wait for a connection.")
    read_timeout_s: float = Field(60, gt=0, description="Longest silence of a server that owes an answer.")
    idle_s: float = Field(240, gt=0, le=300, description="Longest IDLE before asking again; at most five minutes.")
    poll_s: float = Field(60, gt=0, description="Pause between two looks where the server has no IDLE.")
    backoff_s: float = Field(300, gt=0, description="Longest pause between two tries to reach a server.")
    folder_lease_s: float = Field(30, gt=0, description="How long a dead listener keeps its folder.")
    reading_lease_s: float = Field(180, gt=0, description="How long a dead reader keeps its mail.")
    most_attempts: int = Field(3, ge=1, description="A mail that killed its reader this often is set aside.")
    readers: int = Field(1, ge=0, le=8, description="How many mails are read at a time.")
    silent_after_s: float = Field(900, gt=0, description="Alert when a folder had no successful look for this long.")

    own_addresses: tuple[str, ...] = Field((), description="Addresses that are ours; a mail from one of them is a loop.")
    bank_file_senders: tuple[str, ...] = Field(
        (), description="Addresses or @domains that may send bank files by mail; their mail must also be authenticated."
    )

    acknowledge: bool = Field(default=False, description="Answer a mail with a remittance by a short acknowledgement.")
    replies_per_sender: int = Field(3, ge=0, description="Most acknowledgements to one sender on one day.")
    company_name: str = Field("", description="Name that signs what is sent. Empty: the company of TIEOUT_COMPANY.")
    from_address: str = Field("", description="Address that mails of ours come from.")
    smtp_host: str = Field("", description="Host that takes our mail. Empty: nothing is ever sent.")
    smtp_port: int = Field(587, ge=1, le=65535, description="Port of that host.")
    smtp_encryption: Encryption = Field(Encryption.STARTTLS, description="tls, starttls, or none (this machine only).")
    smtp_ca_file: str = Field("", description="As imap_ca_file, for sending.")
    smtp_user: str = Field("", description="Login name for sending; empty: no login.")
    smtp_password: SecretStr = Field(SecretStr(""), description="Password for sending.")
    reply_secret: SecretStr = Field(
        SecretStr(""), description="Signs the private header by which we know our own mails; any long random text."
    )

    @property
    def accounts(self) -> tuple[MailAccount, ...]:
        """Every account that names a server, checked; two of one name are refused."""
        found = tuple(account.checked() for account in (self, *self.more_accounts) if account.is_set)
        if len({account.name for account in found}) != len(found):
            raise Misconfigured("Two mail accounts have the same name.", setting="mail.more_accounts")
        return found

    @property
    def may_send(self) -> bool:
        """Whether there is a way to send mail at all."""
        return bool(self.smtp_host and self.from_address)
