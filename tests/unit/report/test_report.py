import csv
import dataclasses
import re
from html.parser import HTMLParser

import numpy as np
import pytest

from twoarm.errors import NotEstimable
from twoarm.report import write_report
from twoarm.report.formats import points, shown
from twoarm.report.sections import ranking, sections
from twoarm.report.sentences import sentences
from twoarm.report.table import Column, Table
from twoarm.report.terminal import terminal_summary
from twoarm.report.write import IncompletePageError
from twoarm.resampling import Gate
from twoarm.study.judge.comparability.overlap import OVERLAP
from twoarm.study.judge.comparability.support import SUPPORT


@pytest.fixture(scope="module")
def folder(small_report):
    return small_report


@pytest.fixture(scope="module")
def page(folder):
    return (folder / "report.html").read_text(encoding="utf-8")


VOID = {"meta", "br", "img", "link", "use", "path", "rect", "circle", "line"}


class _Checker(HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.ids, self.addresses = [], [], []

    def handle_starttag(self, tag, attrs):
        if tag not in VOID:
            self.open.append(tag)
        for name, value in attrs:
            if name == "id":
                self.ids.append(value)
            if name in ("src", "href", "xlink:href"):
                self.addresses.append(value)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        if tag not in VOID:
            assert self.open.pop() == tag


@pytest.fixture(scope="module")
def checked(page):
    checker = _Checker()
    checker.feed(page)
    return checker


def test_every_element_is_closed_and_every_id_is_unique(checked):
    assert checked.open == []
    assert len(checked.ids) == len(set(checked.ids))


def test_nothing_is_loaded_from_elsewhere(page, checked):
    assert all(address.startswith(("#", "data:image/png;")) for address in checked.addresses)
    assert "<script" not in page
    assert not re.search(r"@import|url\((?!#)", page)


def test_links_inside_the_page_lead_somewhere(checked):
    targets = {address[1:] for address in checked.addresses if address.startswith("#")}
    assert targets <= set(checked.ids)


def test_synthetic_data_are_labelled_on_the_page_once_a_section_and_on_every_file(page, folder):
    assert "Synthetic data: no real patients" in page
    topics = page.split('<section class="topic"')[1:-1]  # the last is how it was made
    assert len(topics) == 14
    assert {topic.count('<p class="synthetic">synthetic data') for topic in topics} == {1}
    published = [topic for topic in topics if 'id="table-published' in topic]
    assert published
    assert all("published numbers are not</p>" in topic for topic in published)
    for path in folder.glob("figures/*.svg"):
        assert "synthetic data" in path.read_text(encoding="utf-8"), path.name


def test_real_data_are_not_labelled_synthetic(small_result, tmp_path):
    cohort = dataclasses.replace(small_result.plan.cohort, synthetic=False)
    plan = dataclasses.replace(small_result.plan, cohort=cohort)
    page = write_report(dataclasses.replace(small_result, plan=plan), tmp_path).read_text("utf-8")
    assert "synthetic data" not in page.lower().replace("synthetic-data", "")


def test_few_replicates_are_stamped(page):
    assert "Provisional: B = 12" in page


def test_no_word_recommends_anything(page):
    text = re.sub(r"<style>.*?</style>|<svg.*?</svg>|<[^>]+>", " ", page, flags=re.DOTALL).lower()
    assert not re.search(r"\b(recommend\w*|should be treated|we advise|must be treated)\b", text)


def test_every_table_has_a_csv_file_with_raw_values(small_result, folder):
    tables = [name for section in sections(small_result)[0] for name in section.written]
    assert sorted(path.stem for path in folder.glob("tables/*.csv")) == sorted(tables)
    with (folder / "tables" / "auc.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    auc = small_result.outcomes["mrs_0_2"].arms["control"].auc
    assert float(rows[0]["harrell"]) == auc.harrell
    assert float(rows[0]["d632plus"]) == auc.d632plus
    assert int(rows[0]["events"]) == 12


def test_the_patients_table_holds_the_cross_fitted_benefit(small_result, folder):
    with (folder / "tables" / "patients.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    outside = small_result.value(SUPPORT).flags.outside
    found = [float(row["benefit_death_crossfit"] or "nan") for row in rows]
    expected = np.where(outside, np.nan, small_result.effects["death"].benefit)
    np.testing.assert_array_equal(found, expected)
    assert rows[0]["id"] == "S0001"


def test_patients_outside_support_have_a_reason_in_place_of_numbers(small_result, folder):
    with (folder / "tables" / "patients.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    outside = small_result.value(SUPPORT).flags.outside
    assert 0 < outside.sum() < len(rows)
    for row, out in zip(rows, outside, strict=True):
        reason = row.pop("outside_support")
        numbers = [value for name, value in row.items() if name not in ("id", "arm")]
        assert bool(reason) == out
        assert any(numbers) != out
    # They stay in every average.
    spread = small_result.primary.benefit.in_sample
    assert spread.mean == pytest.approx(small_result.in_sample["mrs_0_2"].benefit.mean())


def test_a_control_known_by_final_reperfusion_is_an_alarm_and_the_first_finding(
    small_result, page, folder
):
    assert page.count('<p class="alarm"') == 1
    with (folder / "tables" / "findings.csv").open(encoding="utf-8-sig", newline="") as file:
        first = next(csv.DictReader(file))
    assert (first["name"], first["verdict"]) == ("target trial", "questions")
    assert first["text"] in page


def test_overlap_is_tabled_and_drawn(small_result, folder):
    with (folder / "tables" / "overlap.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    overlap, support = small_result.value(OVERLAP), small_result.value(SUPPORT)
    assert [int(row["patients"]) for row in rows] == [198, 195]
    found = [float(row["effective_inverse"]) for row in rows]
    assert found == pytest.approx(overlap.ess_inverse)
    assert sum(int(row["outside"]) for row in rows) == support.flags.outside.sum()
    for name in ("propensity", "love_plot"):
        assert (folder / "figures" / f"{name}.svg").is_file()


def test_two_reports_of_one_result_are_equal_to_the_byte(small_result, folder, tmp_path):
    write_report(small_result, tmp_path)
    for path in tmp_path.rglob("*.*"):
        assert path.read_bytes() == (folder / path.relative_to(tmp_path)).read_bytes(), path.name


def test_the_sentences_name_the_control_definition_and_the_missing_randomisation(small_result):
    texts = " ".join(sentence.text for sentence in sentences(small_result))
    assert "known by their final reperfusion" in texts
    assert "not assigned at random" in texts
    assert "The patients are synthetic" in texts


def with_control_by(result, value):
    trial = result.plan.file.target_trial.model_copy(update={"control_by": value})
    file = result.plan.file.model_copy(update={"target_trial": trial})
    study = dataclasses.replace(result.plan.study, file=file)
    return dataclasses.replace(result, plan=dataclasses.replace(result.plan, study=study))


def test_a_randomised_study_gets_neither_caution(small_result):
    texts = " ".join(each.text for each in sentences(with_control_by(small_result, "randomised")))
    assert "final reperfusion" not in texts
    assert "at random" not in texts


def test_the_sentences_follow_the_gate(small_result):
    outcome = small_result.primary
    why = "0.05 above: not valid for this learner"
    for valid, expected in ((False, why), (True, "correction gives")):
        arm = dataclasses.replace(outcome.arms["treated"], gate=Gate(valid, 0.05, why))
        changed = dataclasses.replace(outcome, arms={**outcome.arms, "treated": arm})
        result = dataclasses.replace(
            small_result, outcomes={**small_result.outcomes, outcome.spec.name: changed}
        )
        text = next(s.text for s in sentences(result) if s.text.startswith("Rescue stenting: the"))
        assert expected in text
        assert ("not valid" in text) == (not valid)


def test_the_terminal_shows_every_model_and_is_narrow_enough(small_result):
    lines = list(terminal_summary(small_result))
    assert sum("Rescue stenting" in line and "/195" in line for line in lines) == 4
    assert max(len(line) for line in lines) <= 125


@pytest.mark.parametrize(
    ("value", "expected"),
    [(0.29, "+29.0"), (-0.143, "\u221214.3"), (0.0, "0.0"), (-0.0004, "0.0"), (None, "\u2013"),
     (float("nan"), "\u2013")],
)  # fmt: skip
def test_points_have_a_sign_and_no_minus_zero(value, expected):
    assert points(value) == expected


@pytest.mark.parametrize(
    ("value", "kind", "expected"),
    [(0.9999, "probability", "1.000"), (12.0, "count", "12"), (0.0512, "spread", "5.1"),
     (1234.5, "number", "1234"), (0.012345, "number", "0.0123"), ("x", "points", "x")],
)  # fmt: skip
def test_each_kind_has_its_form(value, kind, expected):
    assert shown(value, kind) == expected


def test_an_unknown_kind_is_a_defect():
    with pytest.raises(ValueError, match="no such kind"):
        shown(1.0, "furlongs")


def test_equal_neighbours_of_the_outcome_column_share_a_cell():
    rows = (("a", 1), ("a", 2), ("b", 3))
    table = Table("t", "", "", (Column("outcome", ""), Column("x", "", "count")), rows)
    assert table.spans() == [2, 0, 1]
    other = Table("t", "", "", (Column("arm", ""), Column("x", "", "count")), rows)
    assert other.spans() == [1, 1, 1]


def test_csv_quotes_what_needs_it_and_leaves_gaps_empty():
    table = Table("t", "", "", (Column("a", ""), Column("b", "", "number")), (("x,y", None),))
    assert table.to_csv() == 'a,b\n"x,y",\n'


def test_every_answer_prints_what_it_rests_on(small_result, page):
    lines = [line.strip() for line in terminal_summary(small_result)]
    summary = small_result.summary()["verdict"]
    assert len(summary) == len(small_result.verdict) == 3
    for answer, written in zip(small_result.verdict, summary, strict=True):
        assert answer.rests_on
        assert written["rests_on"] == list(answer.rests_on)
        said = f"Rests on: {', '.join(answer.rests_on)}."
        assert said in page
        assert said in " ".join(lines)


def test_who_loses_stands_beside_who_gains(small_result, folder):
    benefit = small_result.primary.benefit
    lost = f"{100 * benefit.losing_crossfit:.1f} % to lose at least as much"
    assert lost in " ".join(line.strip() for line in terminal_summary(small_result))
    shares = small_result.summary()["outcomes"]["mrs_0_2"]["benefit"]
    assert shares["share_losing_threshold"].keys() == shares["share_at_threshold"].keys()
    assert shares["share_losing_threshold"]["crossfit"] == benefit.losing_crossfit
    table = (folder / "tables" / "share_losing_threshold.csv").read_text(encoding="utf-8-sig")
    assert len(table.splitlines()) == 1 + 6


def test_a_section_that_fails_takes_no_other_with_it(small_result, tmp_path, monkeypatch):
    def fail(result):
        raise NotEstimable("a slip of ours")

    monkeypatch.setattr(ranking, "section", fail)
    with pytest.raises(IncompletePageError, match="lacks ranking; everything else"):
        write_report(small_result, tmp_path)
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "This section could not be written: a defect of twoarm (NotEstimable" in page
    assert "Average benefit" in page
    assert (tmp_path / "tables" / "average_effect.csv").exists()
    assert not (tmp_path / "tables" / "baseline_risk.csv").exists()
