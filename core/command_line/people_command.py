"""`tieout people …`: who may act, and as what. Every change is written down under the name of whoever typed it."""

import argparse
from collections.abc import Iterator
from typing import Final

from core import bootstrap, settings
from core.app import people
from core.command_line import slack_group
from core.command_line.saying import DONE, operator, say
from core.decide.permissions import ROLE_PERMISSIONS
from core.domain.actors import Person, Role
from core.domain.errors import Incomplete, Refused
from core.domain.ids import EntityId
from core.ports.store import Store

_ROLES: Final = ", ".join(role.value for role in Role)
_WHO: Final = "an e-mail address, or an id such as U-1001"


def arguments(parser: argparse.ArgumentParser) -> None:
    """The verbs below `people`."""
    verbs = parser.add_subparsers(dest="people_verb", metavar="VERB", required=True)
    verbs.add_parser("list", help="everybody, with their roles")
    verbs.add_parser("roles", help="the roles there are, and what each of them may do")
    new = verbs.add_parser("add", help="a new person, or one who comes back")
    new.add_argument("who", metavar="EMAIL", help="the address that Slack knows them by")
    new.add_argument("--name", default="", help="their name; made from the address when left out")
    role = verbs.add_parser("role", help="give a person other roles")
    role.add_argument("who", metavar="EMAIL", help=_WHO)
    group = verbs.add_parser("import", help="give everybody in a user group of Slack roles besides those they have")
    group.add_argument("group", metavar="GROUP", help="its handle, such as @ap-team")
    for sub in (new, role, group):
        sub.add_argument("--role", dest="roles", nargs="+", action="extend", required=True, metavar="ROLE", help=_ROLES)
    verbs.add_parser("remove", help="they may do nothing from now on").add_argument("who", metavar="EMAIL", help=_WHO)
    entities = verbs.add_parser("entities", help="let a person act for these legal entities only; without any, for all")
    entities.add_argument("who", metavar="EMAIL", help=_WHO)
    entities.add_argument("entities", nargs="*", metavar="ENTITY", help="as the ledger names them")


def run(options: argparse.Namespace) -> int:
    """List or change people."""
    if options.people_verb == "roles":
        for role in Role:
            may = ", ".join(sorted(permission.value.replace("_", " ") for permission in ROLE_PERMISSIONS[role]))
            say(f"{role.value:<18}{may}")
        return DONE
    with bootstrap.store(settings.load()) as store:
        if options.people_verb == "list":
            _list(store)
        elif options.people_verb == "import":
            for line in _imported(store, options.group, _roles(options.roles)):
                say(line)
        else:
            say(_changed(store, options))
    return DONE


def _list(store: Store) -> None:
    with store.read() as unit:
        everybody = unit.people.everybody()
    if not everybody:
        say("Nobody is known yet. Add somebody: tieout people add ada@example.com --role cash_poster")
    for person in everybody:
        say(f"{person.id:<8}{_known_as(person):<44}  {_may(person)}")


def _imported(store: Store, group: str, roles: frozenset[Role]) -> Iterator[str]:
    """One line a member: what came of it. A role that does not go with somebody's others is said and changes nothing."""
    for member in slack_group.members(settings.load(), group):
        if member.why_not:
            yield f"Not {member.name}: {member.why_not}."
            continue
        try:
            person, changed = people.give(store, operator(), member.email, member.name, roles)
        except Refused as error:
            yield f"Not {member.name}: {error.sentence}"
        else:
            yield f"{_known_as(person)}: {_may(person)}{'' if changed else ', as before'}."


def _changed(store: Store, options: argparse.Namespace) -> str:
    match options.people_verb:
        case "add":
            name = options.name.strip() or options.who.partition("@")[0].replace(".", " ").title()
            person = people.add(store, operator(), options.who, name, _roles(options.roles))
            return f"Added {_known_as(person)} as {person.id}: {_may(person)}."
        case "role":
            person = people.set_roles(store, operator(), options.who, _roles(options.roles))
            return f"{_known_as(person)}: {_may(person)}."
        case "entities":
            named = frozenset(EntityId(name) for name in options.entities)
            person = people.set_entities(store, operator(), options.who, named)
            return f"{_known_as(person)} acts for {', '.join(sorted(person.entities)) or 'all legal entities'}."
        case _:
            person = people.remove(store, operator(), options.who)
            return f"{_known_as(person)} may do nothing from now on."


def _roles(words: list[str]) -> frozenset[Role]:
    """Roles by name, separated by spaces or commas; `Incomplete` with the list for a name that is none."""
    names = [name.strip().lower().replace("-", "_") for word in words for name in word.split(",") if name.strip()]
    unknown = [name for name in names if name not in set(Role)]
    if unknown or not names:
        raise Incomplete(f"There is no role {unknown[0] if unknown else ''}. The roles are: {_ROLES}.")
    return frozenset(Role(name) for name in names)


def _known_as(person: Person) -> str:
    return f"{person.name} <{person.email}>"


def _may(person: Person) -> str:
    if not person.active:
        return "left"
    roles = ", ".join(sorted(role.value for role in person.roles)) or "no role"
    return f"{roles} (for {', '.join(sorted(person.entities))})" if person.entities else roles
