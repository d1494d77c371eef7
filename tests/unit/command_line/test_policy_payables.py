"""`tieout policy` for supplier invoices: limits and approval rules of one file, and the replay of a proposal."""

from pathlib import Path

from tests.operator import Operator


def test_policies_are_set_shown_and_replayed_by_command(operator: Operator, tmp_path: Path) -> None:
    file = tmp_path / "policy.toml"
    file.write_text(
        '[[policy]]\nversion = "first"\neffective_from = 2026-01-01\n[[policy.rule]]\n[policy.rule.rate]\npercent_over = "5"\n'
        '[[payables]]\nversion = "plain"\neffective_from = 2026-01-01\napproval_on_matched = false\n'
    )
    status, said = operator.types(f"policy set {file}")
    assert status == 0, said
    assert "Stored “first” from 2026-01-01, “plain” from 2026-01-01." in said
    assert "limits for supplier invoices: first" in operator.types("policy show")[1]
    status, said = operator.types(f"policy replay --policy {file}")
    assert status == 0
    assert "0 exceptions then; the proposal saves 0 of them. Nothing was changed." in said
    assert operator.types(f"policy replay --policy {file} --json") == (0, "")
