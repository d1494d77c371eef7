"""The daily anchor of the audit log: its length and last hash, put where the owner of the database cannot rewrite it.

Who has the database and the key can forge the whole chain, but not what stands in Slack since yesterday.
"""

from datetime import datetime

from core.app import asking
from core.app.services import Services


def publish(services: Services, slot: datetime) -> bool:
    """Ask for the anchor of one day, once; False if nothing had happened by then or it was asked for before."""
    with services.store.write() as unit:
        number, digest = unit.audit.head()
        first = unit.audit.rows(limit=1)
        if not first or first[0].at > slot or not unit.seen.first_time("anchor", slot.isoformat()):
            return False
        facts: dict[str, object] = {"kind": "audit_anchor", "events": number, "hash": digest, "slot": slot.isoformat()}
        asking.alert(unit, f"anchor:{slot.isoformat()}", facts)
        return True
