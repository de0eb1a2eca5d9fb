"""What is said to a supplier of rows set aside: the words of the check, and no column but their own."""

import datetime

from tests.unit.feeds.conftest import of_format

from kinfold.feeds import settings
from kinfold.feeds.load import load
from kinfold.operations import aside, settling
from kinfold.operations.home import Home

ON = datetime.date(2025, 6, 2)
HEADER = "CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB,return_year,reason_year\n"


def test_the_year_of_the_return_is_said_in_words_and_never_a_column(tmp_path, monkeypatch):
    feeds = of_format("ssda903", severity={"903-HE-009": "set_aside"})
    (tmp_path / "header.csv").write_text(f"{HEADER}C1,1,01/05/2015,WBRI,UN1,,,theirs,\nC2,M,01/05/2015,WBRI,UN1,,,,\n")
    (tmp_path / "episodes.csv").write_text(
        "CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,REASON_PLACE_CHANGE,"
        "HOME_POST,PL_POST,URN\nC1,01/05/2024,S,C2,N1,U1,PR1,,,,,,\n"
    )
    at = datetime.datetime(2025, 6, 2, 9, tzinfo=datetime.UTC)
    [report] = load([tmp_path], tmp_path / "home", feeds, delivered=ON, received_at=at)
    monkeypatch.setattr(aside.settings, "load", lambda area: settings.ready(feeds))
    found = aside.set_aside(Home(tmp_path / "home", tmp_path), report.delivery_id)
    header, row = settling.rows_for_supplier(found, found.parts[0])
    assert "{year}" not in row[-2]
    assert "2024/25" in row[-2]
    assert set(header) - {settling.ROW, settling.REASON, settling.REFERENCE} <= set(HEADER.strip().split(","))
