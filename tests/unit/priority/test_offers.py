"""No need is shown without a next step, and every step is of the area's own list."""

import dataclasses
from pathlib import Path

import pytest

from kinfold.areas import markers, offers
from kinfold.areas.toml import AreaRejected

SALTMARSH = Path(__file__).parents[3] / "areas" / "saltmarsh"


@pytest.fixture(scope="module")
def catalogue():
    return markers.load(SALTMARSH)


def of_need(catalogue):
    return next(marker for marker in catalogue if marker.name == "arrears")


def test_every_need_and_lost_contact_of_saltmarsh_leads_to_offers_with_a_category(catalogue):
    listed = offers.load(SALTMARSH, catalogue)

    assert listed.categories_of(of_need(catalogue)) == ("money and benefits", "money and benefits")
    needs = [marker for marker in catalogue if marker.direction in offers.NEEDS]
    assert len(needs) >= 29
    assert all(listed.categories_of(marker) for marker in needs)


@pytest.mark.parametrize(
    ("named", "said"),
    [
        ((), r" is missing: no need is shown without .* Allowed: .*Debt advice; .*\(offers\.toml\)"),
        (("A holiday",), r" names A holiday, which .* Allowed: .*Debt advice"),
    ],
)
def test_a_need_without_an_offer_of_the_list_stops_the_start_up_with_file_key_and_what_is_allowed(
    catalogue, named, said
):
    with pytest.raises(AreaRejected, match=r"^money\.toml: marker\[\d+\] \(M3\)\.offers" + said):
        offers.load(SALTMARSH, [dataclasses.replace(of_need(catalogue), offers=named)])


def test_an_offer_under_a_category_that_there_is_not_is_refused(tmp_path):
    text = (SALTMARSH / "offers.toml").read_text(encoding="utf-8")
    changed = text.replace('"Debt advice" = "money and benefits"', '"Debt advice" = "debts"')
    (tmp_path / "offers.toml").write_text(changed, encoding="utf-8")

    with pytest.raises(AreaRejected, match=r'offers\.toml: offers\."Debt advice" is under debts.*Allowed: activities'):
        offers.load(tmp_path, [])
