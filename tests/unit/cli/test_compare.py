"""`twoarm compare` as it is typed."""

import sys

import pytest

from twoarm.cli.main import main


@pytest.fixture
def typed(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["twoarm", "compare", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        printed = capsys.readouterr()
        return ended.value.code, printed.out + printed.err

    return run


def test_a_run_and_itself(typed, run_of_two, tmp_path):
    code, printed = typed(run_of_two, run_of_two)
    assert code == 0, printed
    assert "differ nowhere" in printed
    assert (tmp_path / "compare-run-run" / "compare.html").exists()
    code, _ = typed(run_of_two, run_of_two, "--out", "here")
    assert code == 0
    assert (tmp_path / "here" / "tables" / "compare_quoted.csv").exists()


@pytest.mark.parametrize("name", ["nothing", "file", "empty"])
def test_what_is_no_finished_run_ends_with_2(typed, run_of_two, tmp_path, name):
    (tmp_path / "file").write_text("", encoding="utf-8")
    (tmp_path / "empty").mkdir()
    for arguments in ((run_of_two, name), (name, run_of_two)):
        code, printed = typed(*arguments)
        assert code == 2
        assert printed.startswith("error: ")
        assert "twoarm run" in printed
    assert sorted(path.name for path in tmp_path.iterdir()) == ["empty", "file"]
