"""What is left of a page when nothing that it says may be shown."""

import pytest

from portal.outline import Redactor, aria, mask, outline

PAGE = """
<html lang="en"><head><title>Orders of Birch &amp; Boro</title></head><body class="orders">
<div id="order_5501_row" class="s-row total-20"><a href="https://birchboro.coupahost.com/orders/5501?token=SECRET&page=2">GG80700992</a></div>
<h1>Birch &amp; Boro Furniture</h1>
<label for="price_3">Price</label><input id="price_3" type="text" value="4,873.26" required>
<button class="s-saveDraft" type="submit"><span>Save as Draft</span></button>
<button>Pay 4,873.26 USD</button><button>Boro Portal</button>
<input type="submit" value="Calculate"><input type="hidden" name="authenticity_token" value="dGhpcyBpcyBhIHRva2VuIGFuZCBz">
<table><thead><tr><th>PO Number</th></tr></thead><tbody><tr><td>ines@harborpine.example</td></tr></tbody></table>
<script>var secret = "SECRET";</script><!-- SECRET -->
</body></html>
"""
REDACTOR = Redactor.hiding(["Birch & Boro Furniture", "ines@harborpine.example"])


def test_marks_and_labels_stay_and_nothing_that_is_said() -> None:
    shown = outline(PAGE, REDACTOR)
    for kept in (
        "#price_0",
        ".s-saveDraft",
        "'Save as Draft'",
        "'Calculate'",
        "'PO Number'",
        "'Price'",
        "required",
        "for=price_0",
    ):
        assert kept in shown
    for hidden in ("SECRET", "Birch", "birch", "Boro", "5501", "80700992", "873", "harborpine", "dGhpcy", "ines@"):
        assert hidden not in shown
    assert "'0,000.00'" in shown
    assert "//•.coupahost.com/orders/0?page&token" in shown


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ('- button "Save as Draft"', '- button "Save as Draft"'),
        ('  - link "GG80700992":', '  - link "xx00000000":'),
        ('- link "Create Invoice"', '- link "Create Invoice"'),
        ('- link "Ines Moreau"', '- link "xxxx xxxxxx"'),
        ("    - /url: /orders/5501?a=1", "    - /url: /orders/0?a"),
        ('- textbox "Invoice #": INV-20', '- textbox "Invoice #": xxx-00'),
        ("- text: Paid to Birch", "- text: xxxx xx xxxxx"),
        ('- heading "Birch & Boro" [level=1]', '- heading "xxxxx & xxxx" [level=0]'),
        ('- button "Boro 7"', '- button "xxxx 0"'),
        ("    something else 12", "    xxxxxxxxx xxxx 00"),
    ],
)
def test_the_tree_of_roles_keeps_the_names_of_things(line: str, shown: str) -> None:
    assert aria(line, REDACTOR) == f"{shown}\n"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("connect_order_header_tbody", "connect_order_header_tbody"),
        ("/enter/dGhpcyBpcyBhIHRva2VuIGFuZA/x9", "/enter/•token•/x0"),
        ("a1b2-c3d4_e5f6-a7b8_c9d0-e1f2", "•token•"),
    ],
)
def test_ids_stay_and_tokens_go(name: str, shown: str) -> None:
    assert REDACTOR.mark(name) == shown


def test_a_masked_text_keeps_its_form_and_nothing_else() -> None:
    assert mask("07/15/2026  Müller & Söhne 4,873.26 €") == "00/00/0000 xxxxxx & xxxxx 0,000.00 €"


def test_pages_that_are_none_and_pages_without_end_are_said_so() -> None:
    assert outline("", REDACTOR) == "(no readable page)\n"
    assert outline("<div></div>" * 5000, REDACTOR).endswith("(and more)\n")
