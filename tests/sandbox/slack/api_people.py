"""auth, users, usergroups, bots, team, apps.connections, blocks.validate."""

from tests.sandbox.slack import blocks as block_rules
from tests.sandbox.slack.calls import Call, SlackError, method
from tests.sandbox.slack.model import APP_ID, BOT_ID, BOT_USER_ID, TEAM_ID, Json
from tests.sandbox.slack.paging import page
from tests.sandbox.slack.present import user_json
from tests.sandbox.slack.schema import Problem
from tests.sandbox.slack.state import team_body


@method("api.test", wants="none")
def api_test(call: Call) -> Json:
    return {"args": call.args.values}


@method("auth.test")
def auth_test(call: Call) -> Json:
    return {
        "url": f"{call.standin.base_url}/",
        "team": "Sandbox Finance",
        "user": "tieout",
        "team_id": TEAM_ID,
        "user_id": BOT_USER_ID,
        "bot_id": BOT_ID,
        "is_enterprise_install": False,
    }


@method("apps.connections.open", wants="app")
def open_connection(call: Call) -> Json:
    return {"url": call.standin.sockets.issue_url()}


def may_see_email(call: Call) -> bool:
    return not call.standin.rules.check_scopes or "users:read.email" in call.standin.scopes


@method("users.info", "users:read")
def users_info(call: Call) -> Json:
    return {"user": user_json(call.user(), with_email=may_see_email(call))}


@method("users.list", "users:read")
def users_list(call: Call) -> Json:
    people = [user_json(user, with_email=may_see_email(call)) for user in call.standin.workspace.users.values()]
    members, metadata = page(people, call.args, 200)
    return {"members": members, "cache_ts": int(call.standin.workspace.now()), "response_metadata": metadata}


@method("users.lookupByEmail", "users:read.email")
def lookup_by_email(call: Call) -> Json:
    wanted = call.args.required("email", "users_not_found").lower()
    for user in call.standin.workspace.users.values():
        # People who left, and people of other workspaces, are not found by their address.
        if user.email.lower() == wanted and not user.deleted and not user.is_external:
            return {"user": user_json(user)}
    raise SlackError("users_not_found")


def check_plan(call: Call) -> None:
    if not call.standin.paid_plan:
        raise SlackError("plan_upgrade_required")


@method("usergroups.list", "usergroups:read")
def groups_list(call: Call) -> Json:
    check_plan(call)
    groups = []
    for group in call.standin.workspace.groups.values():
        body: Json = {
            "id": group.id,
            "team_id": TEAM_ID,
            "is_usergroup": True,
            "name": group.name,
            "handle": group.handle,
            "description": "",
            "is_external": False,
            "date_delete": 0,
            "user_count": len(group.users),
        }
        if call.args.flag("include_users"):
            body["users"] = list(group.users)
        groups.append(body)
    return {"usergroups": groups}


@method("usergroups.users.list", "usergroups:read")
def group_users(call: Call) -> Json:
    check_plan(call)
    group = call.standin.workspace.groups.get(call.args.required("usergroup"))
    if group is None:
        raise SlackError("no_such_subteam")
    return {"users": list(group.users)}


@method("team.info", "team:read")
def team_info(_call: Call) -> Json:
    return {"team": {**team_body(), "name": "Sandbox Finance", "email_domain": "sandbox.example", "icon": {}}}


@method("bots.info", "users:read")
def bots_info(call: Call) -> Json:
    if call.args.text("bot", BOT_ID) != BOT_ID:
        raise SlackError("bot_not_found")
    return {"bot": {"id": BOT_ID, "app_id": APP_ID, "user_id": BOT_USER_ID, "name": "Tieout", "deleted": False}}


@method("blocks.validate", wants="none")
def validate(call: Call) -> Json:
    """Exactly one of blocks, message, view; errors carry JSON pointers."""
    args, rules = call.args, call.standin.rules
    given = [name for name in ("blocks", "message", "view") if args.has(name)]
    if len(given) != 1:
        raise SlackError(
            "invalid_arguments",
            response_metadata={"messages": ["must provide exactly one of `blocks`, `view`, or `message`"]},
        )
    value = args.parsed(given[0])
    if given[0] == "view":
        problems = block_rules.view_problems(value, rules)
    elif given[0] == "blocks":
        problems = block_rules.message_problems(value, rules)
    else:
        inner = block_rules.message_problems(value.get("blocks", []) if isinstance(value, dict) else value, rules)
        problems = [Problem(f"/blocks{one.pointer}", one.message, one.constraint) for one in inner]
    if problems:
        raise SlackError(f"invalid_{given[0]}", errors=[problem.body() for problem in problems])
    return {}
