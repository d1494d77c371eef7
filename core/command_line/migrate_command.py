"""`tieout migrate`: make the folders, bring the database to the schema of this version, make the administrators known."""

import argparse

from core import bootstrap, settings
from core.app import policies
from core.app.people import bootstrap_administrators
from core.command_line.saying import DONE, say
from core.store import migrate, revisions


def arguments(parser: argparse.ArgumentParser) -> None:
    """None."""


def run(_options: argparse.Namespace) -> int:
    """Safe to repeat, and to run in two processes at once."""
    found = settings.load()
    bootstrap.private_folder(found.data_dir)
    changed = migrate.upgrade(found.database)
    say(f"The database is at revision {revisions.newest()}" + ("." if changed else " already."))
    with bootstrap.store(found) as store:
        if policies.seed(store):
            say("The matching policy that came with this version is stored as “default”.")
        for person in bootstrap_administrators(store, found.administrator_emails):
            say(f"Added administrator {person.email} as {person.id}.")
    return DONE
