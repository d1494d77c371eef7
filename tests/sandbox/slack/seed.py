"""The cast and the rooms of a fresh workspace. Everybody here is made up."""

from tests.sandbox.slack.model import BOT_USER_ID, OTHER_TEAM_ID, Channel, User, UserGroup
from tests.sandbox.slack.state import Workspace

PEOPLE = (
    User(BOT_USER_ID, "tieout", "Tieout", "tieout-bot@sandbox.example", "App", is_bot=True),
    User("U0PRIYA001", "priya", "Priya (payables)", "priya@sandbox.example", "Accounts payable"),
    User("U0MARCUS01", "marcus", "Marcus (payables manager)", "marcus@sandbox.example", "Payables manager"),
    User("U0INES0001", "ines", "Ines (receivables)", "ines@sandbox.example", "Accounts receivable"),
    User("U0THEO0001", "theo", "Theo (controller)", "theo@sandbox.example", "Controller", is_admin=True),
    User("U0DANA0001", "dana", "Dana (sales)", "dana@sandbox.example", "Sales, not in finance"),
    User("U0GUEST001", "gil", "Gil (guest)", "gil@auditors.example", "Guest auditor", is_restricted=True),
    User("U0LEFT0001", "olaf", "Olaf (deactivated)", "olaf@sandbox.example", "Left the company", deleted=True),
    User("U0OUTSIDE1", "rex", "Rex (another company)", "rex@supplier.example", "Supplier", team_id=OTHER_TEAM_ID),
)

EVERYBODY = ["U0PRIYA001", "U0MARCUS01", "U0INES0001", "U0THEO0001", "U0DANA0001"]
FINANCE = ["U0PRIYA001", "U0MARCUS01", "U0INES0001", "U0THEO0001"]

CHANNELS = (
    Channel("C0PAYABLES", "ap-review", topic="Invoices against purchase orders", members=[*EVERYBODY, BOT_USER_ID]),
    Channel("C0CASHAPP1", "ar-cash", topic="Payments looking for invoices", members=[*EVERYBODY, BOT_USER_ID]),
    Channel("C0MANAGERS", "finance-managers", "private", members=["U0MARCUS01", "U0THEO0001", BOT_USER_ID]),
    Channel(
        "C0SUPPLIER",
        "supplier-desk",
        is_ext_shared=True,
        topic="Shared with another company",
        members=[*FINANCE, "U0OUTSIDE1", "U0GUEST001", BOT_USER_ID],
    ),
    Channel("C0GENERAL1", "general", topic="The app has not been invited here", members=[*EVERYBODY]),
    Channel("C0BOARD001", "board", "private", topic="A private channel without the app", members=["U0THEO0001"]),
)

GROUPS = (
    UserGroup("S0APTEAM01", "ap-team", "Payables team", ["U0PRIYA001", "U0MARCUS01"]),
    UserGroup("S0ARTEAM01", "ar-team", "Receivables team", ["U0INES0001"]),
)


def fill(workspace: Workspace) -> None:
    """Put the cast on stage; copies, so that one server never changes what the next one starts from."""
    for person in PEOPLE:
        workspace.users[person.id] = User(**vars(person))
    for channel in CHANNELS:
        workspace.channels[channel.id] = Channel(**{**vars(channel), "members": list(channel.members)})
    for group in GROUPS:
        workspace.groups[group.id] = UserGroup(group.id, group.handle, group.name, list(group.users))
