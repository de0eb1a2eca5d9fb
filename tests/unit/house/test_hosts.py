"""Nothing that belongs to one machine, to a registry or to a key ring is ever tracked."""

from __future__ import annotations

import check_hosts
import pytest

HELD = {
    "a registry": 'index = "https://' + ".".join(("registry", "npmjs", "org")) + '/left-pad"',
    "a package host": "https://files." + ".".join(("pythonhosted", "org")) + "/x.whl",
    "a person's folder": "open('/" + "home/" + "someone/council/service.sqlite3')",
    "a build machine's folder": "cd /" + "work/" + "main && make",
    "a private key": "-----BEGIN " + "RSA PRIVATE KEY-----",
    "a cloud key": "AKIA" + "ABCDEFGHIJKLMNOP",
    "a literal secret": 'SECRET' + '_KEY = "' + "a1B2" * 10 + '"',
}  # fmt: skip
FINE = (
    "Pages live at https://www.gov.uk/government/statistics and help@saltmarsh.example.",
    "SECRET_KEY = home.key('service')",
    "the workplace and the /workers/ page, docs/home/page.md, ~/home",
    "https://example.test/root/page",
)


@pytest.mark.parametrize("line", HELD.values(), ids=HELD.keys())
def test_a_line_that_must_not_be_tracked_is_found_by_number_and_its_text_is_not_repeated(line):
    found = list(check_hosts.findings("a.py", f"first line\n{line}\n"))

    assert [finding.line for finding in found] == [2]
    assert line not in str(found[0])


@pytest.mark.parametrize("line", FINE)
def test_ordinary_addresses_and_words_pass(line):
    assert list(check_hosts.findings("a.md", line)) == []


def test_an_npm_lock_may_not_say_where_packages_came_from_but_other_json_may_use_the_word():
    line = '"' + 'resolved": "somewhere"'

    assert list(check_hosts.findings("package-lock.json", line))
    assert not list(check_hosts.findings("notes.json", line))


def test_this_repository_holds_nothing_of_the_kind():
    assert check_hosts.main() == 0
