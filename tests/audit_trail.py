"""Does the audit log tell every version of every payment and advice, once and in order?"""

from core.domain.keeping import Subject, SubjectKind
from core.domain.payments import PaymentState
from core.domain.remittance import RemittanceState
from core.store.unit_of_work import SqlStore

MOST = 10_000


def versions_without_an_event(store: SqlStore) -> list[str]:
    """A line for each subject whose events are not exactly the steps from nothing to its present version and state."""
    wrong = []
    with store.read() as unit:
        payments = unit.payments.in_states(tuple(PaymentState), MOST)
        advices = unit.remittances.in_states(tuple(RemittanceState), MOST)
        subjects = [(Subject(SubjectKind.PAYMENT, each.id), each.version, each.state.value) for each in payments]
        subjects += [(Subject(SubjectKind.REMITTANCE, each.id), each.version, each.state.value) for each in advices]
        for subject, version, state in subjects:
            entries = [row.entry for row in unit.audit.of(subject, MOST)]
            steps = [entry for entry in entries if entry.version_after > entry.version_before]
            told = [(entry.version_before, entry.version_after) for entry in steps]
            states = [entry.state_to for entry in steps]
            froms = [entry.state_from for entry in steps]
            whole = told == [(before, before + 1) for before in range(version)]
            if not whole or states[-1] != state or froms[1:] != states[:-1]:
                wrong.append(f"{subject.id} is at version {version}, {state}; its events say {told}, {states}")
    return wrong
