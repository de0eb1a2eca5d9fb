"""The home folder's key, and what the set-up may lay out for a browser."""

from __future__ import annotations

import stat
import sys

import pytest
from tools import vendor

from kinfold.web import home


def test_a_home_gets_one_key_of_its_own_that_only_its_owner_reads(tmp_path):
    first = home.key_bytes(tmp_path)
    assert home.key_bytes(tmp_path) == first
    assert len(first) == 64
    if sys.platform != "win32":
        assert stat.S_IMODE((tmp_path / "secret").stat().st_mode) == 0o600
    assert home.derive(first, "audit") != home.derive(first, "service")


def test_a_folder_that_is_not_there_is_not_made(tmp_path):
    assert home.key_bytes(tmp_path / "none")
    assert not (tmp_path / "none").exists()


def test_the_area_is_the_one_the_home_names(tmp_path, monkeypatch):
    monkeypatch.delenv("KINFOLD_AREA", raising=False)
    assert home.area_folder(tmp_path).name == "saltmarsh"
    (tmp_path / "home.toml").write_text('area = "mine"')
    assert home.area_folder(tmp_path) == (tmp_path / "mine").resolve()


def test_a_style_sheet_comes_out_without_foreign_fonts_crests_and_absolute_addresses(tmp_path):
    source, target = tmp_path / "in.css", tmp_path / "out.css"
    source.write_text(
        "@font-face{font-family:GDS Transport;src:url(/assets/fonts/a.woff2)}"
        "a{font-family:GDS Transport,arial,sans-serif;background:url(/assets/images/x.svg)}"
        "b{mask-image:url(/assets/images/govuk-crest.svg)}/*# sourceMappingURL=in.css.map */"
    )
    vendor.styles(source, target)
    css = target.read_text()
    assert "url(./assets/images/x.svg)" in css
    assert "mask-image:none" in css
    assert not any(wrong in css for wrong in ("GDS", "@font-face", "sourceMappingURL", "url(/"))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.css", "a{background:url(./assets/missing.svg)}"),
        ("a.css", "a{font-family:GDS Transport}"),
        ("a.js", "x//# sourceMappingURL=a.js.map"),
        ("a.woff2", ""),
        ("govuk-crest.svg", ""),
    ],
)
def test_what_breaks_a_page_or_may_not_ship_is_refused(tmp_path, monkeypatch, name, text):
    monkeypatch.setattr(vendor, "STATIC", tmp_path)
    (tmp_path / name).write_text(text)
    with pytest.raises(vendor.UnableToVendor):
        vendor.check()
