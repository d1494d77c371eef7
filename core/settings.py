"""All settings, read once from the environment and `.env`, frozen. Each field says what it is for; secrets cannot print.

Business rules (tolerances, automatic application) are not settings: they are policy, kept in the database with a date.
A setting that is missing or wrong stops the start and is named.
"""

from enum import StrEnum
from functools import cached_property
from pathlib import Path

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from core.domain.errors import Misconfigured
from core.mail_settings import MailSettings
from core.portal_settings import PortalSettings


class SlackTransport(StrEnum):
    """How clicks reach us: over a socket that we open (no public address needed), or as signed requests to our address."""

    SOCKET = "socket"
    HTTP = "http"


class LogFormat(StrEnum):
    """One JSON object a line for machines, or aligned text for people."""

    JSON = "json"
    TEXT = "text"


class Settings(BaseSettings):
    """Settings of an installation; the environment variable of a field is `TIEOUT_` and its name in capitals."""

    model_config = SettingsConfigDict(
        env_prefix="TIEOUT_", env_file=".env", env_nested_delimiter="__", frozen=True, extra="ignore", hide_input_in_errors=True
    )

    data_dir: Path = Field(Path(".tieout"), description="Folder for the database, keys and logs; only we may read it.")
    database_url: str = Field(
        "", description="SQLAlchemy URL. Empty: SQLite in the data folder. PostgreSQL: postgresql+psycopg://…"
    )
    audit_key: SecretStr = Field(
        SecretStr(""), description="Key of the audit chain. Empty: made once and kept in the data folder."
    )
    company: str = Field("Our company", description="Your company's name, as customers read it in replies.")
    time_zone: str = Field("America/New_York", description="Zone in which times are shown and daily work is planned.")
    administrators: str = Field(
        "", description="E-mail addresses, separated by commas, that are administrators from the start."
    )

    slack_transport: SlackTransport = Field(SlackTransport.SOCKET, description="socket (default) or http.")
    slack_bot_token: SecretStr = Field(SecretStr(""), description="Bot token, xoxb-…")
    slack_app_token: SecretStr = Field(SecretStr(""), description="App-level token, xapp-…, for Socket Mode.")
    slack_signing_secret: SecretStr = Field(SecretStr(""), description="Signing secret, for HTTP.")
    slack_form_answer_s: float = Field(
        0.8,
        gt=0,
        description="Seconds that a form sent in Slack may take before it says “Working …”. Slack itself waits three.",
    )
    slack_base_url: str = Field("https://slack.com/api/", description="Where Slack's Web API is; ends with /api/.")
    slack_payments_channel: str = Field("", description="Channel id for payment cards and digests.")
    slack_payables_channel: str = Field(
        "", description="Channel id for cards of supplier invoices. Empty: the payments channel."
    )
    slack_portal_channel: str = Field(
        "", description="Channel id for invoices on their way into customers' portals. Empty: the payments channel."
    )
    slack_managers_channel: str = Field(
        "", description="Channel id in which saved drafts and troubles in portals are told. Empty: that of the portals."
    )
    slack_alerts_channel: str = Field("", description="Channel id for alerts to operators. Empty: the payments channel.")
    slack_teams: str = Field(
        "", description="Ids of further workspaces of your own organisation, separated by commas; their people may act too."
    )
    cards_per_import: int = Field(
        20, ge=0, description="An import with more payments than this gets a digest and cards for the largest."
    )

    web_host: str = Field("127.0.0.1", description="Address that the web process listens on.")
    web_port: int = Field(8080, ge=0, le=65535, description="Port of the web process.")
    web_token: SecretStr = Field(
        SecretStr(""), description="Token for the web pages and the API. Empty: they are off; health stays on."
    )

    web_person: str = Field(
        "", description="E-mail address of the person as whom the holder of the web token acts. Empty: they may only look."
    )
    web_hosts: str = Field(
        "localhost,127.0.0.1", description="Host names that the web process answers to, separated by commas."
    )

    inbox_dir: Path = Field(
        Path(".tieout/inbox"),
        description="Folder watched for the ledger's lists, orders and receipts, bank files, invoices and acknowledgements.",
    )
    erp_dir: Path = Field(Path(".tieout/erp"), description="Folder where posting batches appear for the ledger.")

    inbox_poll_s: float = Field(1.0, gt=0, description="Seconds between two looks into the inbox folder.")
    most_closed_percent: int = Field(
        50, ge=0, le=100, description="A list of open documents that would close a larger share of them needs a person's word."
    )
    backup_dir: Path = Field(Path(".tieout/backups"), description="Folder for the nightly backups of the database.")
    backup_at: str = Field("02:30", pattern=r"^([01]\d|2[0-3]):[0-5]\d$", description="Time of the nightly backup.")
    backups_kept: int = Field(14, ge=1, description="How many nightly backups are kept.")
    anchor_at: str = Field(
        "07:00", pattern=r"^([01]\d|2[0-3]):[0-5]\d$", description="Time of the daily audit anchor in the alerts channel."
    )

    outbox_lease_s: float = Field(60.0, gt=0, description="Seconds after which a delivery that did not finish is tried again.")
    outbox_attempts: int = Field(12, ge=1, description="Attempts before a delivery is set aside for a person.")
    outbox_idle_s: float = Field(0.2, gt=0, description="Seconds between looks into an empty outbox.")
    silent_after_s: float = Field(900.0, gt=0, description="Seconds of silence of a mailbox, sync or relay before an alert.")
    ledger_silent_after_s: float = Field(
        259_200.0, gt=0, description="Seconds without a new file of the ledger before an alert; three days span a weekend."
    )
    log_format: LogFormat = Field(LogFormat.JSON, description="json or text.")
    log_level: str = Field("INFO", description="DEBUG, INFO, WARNING or ERROR.")
    chromium: str = Field("", description="Path of a Chromium. Empty: the first one found on the PATH.")

    mail: MailSettings = Field(default_factory=MailSettings, description="The mailbox; see core/mail_settings.py.")
    portal: PortalSettings = Field(default_factory=PortalSettings, description="Portals; see core/portal_settings.py.")

    @cached_property
    def database(self) -> str:
        """The database URL with its default."""
        return self.database_url or f"sqlite:///{self.data_dir / 'tieout.db'}"

    @property
    def payables_channel(self) -> str:
        """Where cards of supplier invoices go."""
        return self.slack_payables_channel or self.slack_payments_channel

    @property
    def portal_channel(self) -> str:
        """Where cards of invoices for customers' portals go."""
        return self.slack_portal_channel or self.slack_payments_channel

    @property
    def managers_channel(self) -> str:
        """Where saved drafts and troubles in portals are told."""
        return self.slack_managers_channel or self.portal_channel

    @property
    def alerts_channel(self) -> str:
        """Where alerts go."""
        return self.slack_alerts_channel or self.slack_payments_channel

    @property
    def web_host_names(self) -> tuple[str, ...]:
        """Host names of the web process."""
        return tuple(name.strip() for name in self.web_hosts.split(",") if name.strip())

    @property
    def own_slack_teams(self) -> tuple[str, ...]:
        """Our own workspaces besides the one that installed the app."""
        return tuple(team.strip() for team in self.slack_teams.split(",") if team.strip())

    @property
    def administrator_emails(self) -> tuple[str, ...]:
        """The administrators' addresses."""
        return tuple(address.strip() for address in self.administrators.split(",") if address.strip())


def load() -> Settings:
    """The settings of this process; `Misconfigured` names the first field that is wrong and what to do."""
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        name = "TIEOUT_" + "__".join(str(part) for part in first["loc"]).upper()
        raise Misconfigured(f"The setting {name} is wrong: {first['msg']}.", setting=name) from error
