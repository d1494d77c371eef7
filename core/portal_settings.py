"""Settings of customers' portals. They are part of `core.settings.Settings` as `portal`: `TIEOUT_PORTAL__SYNC_AT` and so on.

Logins are not settings: `tieout portal add` asks for them and keeps them sealed in the database.
"""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, SecretStr


class PortalSettings(BaseModel):
    """Where portals are, when they are read, and what seals their logins."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    keys: SecretStr = Field(
        SecretStr(""),
        description="Keys that seal portal logins, newest first, separated by commas: 32 bytes each in URL-safe base64. Empty:"
        " one is made once and kept in the data folder. Needed on every machine that shares a database.",
    )
    coupa_address: str = Field("https://supplier.coupahost.com", description="Address of the Coupa Supplier Portal.")
    plain_address: str = Field(
        "", description="Address of a plain portal, for logins of the kind “plain”. It shows what a further portal takes."
    )
    sync_at: str = Field(
        "00:00,06:00,12:00,18:00",
        pattern=r"^([01]\d|2[0-3]):[0-5]\d(,([01]\d|2[0-3]):[0-5]\d)*$",
        description="Times of day of the syncs, separated by commas.",
    )
    time_zone: str = Field("America/New_York", description="Zone of the times of the syncs.")
    jitter_s: float = Field(300.0, ge=0, description="Logins are synced up to so many seconds later, each by its own share.")
    workers: int = Field(
        2, ge=1, le=8, description="Logins that are worked on at the same time; each has a browser of its own while it works."
    )
    pace_s: float = Field(1.5, ge=0, description="Seconds between two loads of a page: a polite visitor's pace.")
    linger_s: float = Field(20.0, ge=0, description="Seconds that a session is kept open for the next job of its login.")
    lease_s: float = Field(60.0, gt=1, description="Seconds after which a job of a process that was killed goes to another.")
    silent_after_s: float = Field(46_800.0, gt=0, description="Seconds without a sync of a login before an alert.")
    invoice_files_dir: Path = Field(
        Path(".tieout/invoice-files"), description="Folder with the PDFs of our invoices, each named by its invoice number."
    )
    most_picture_bytes: int = Field(3_000_000, ge=0, description="Pictures of a draft that are larger are not kept.")

    @property
    def times(self) -> tuple[str, ...]:
        """The times of the syncs."""
        return tuple(self.sync_at.split(","))

    @property
    def key_texts(self) -> tuple[bytes, ...]:
        """The keys, as they were set."""
        return tuple(each.strip().encode() for each in self.keys.get_secret_value().split(",") if each.strip())
