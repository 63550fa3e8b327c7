"""The bedside page in Chromium: typed patients, bad input, keyboard, languages, print."""

import json
import re

import numpy as np
import pytest

from twoarm.calculator import calculator_html
from twoarm.calculator.compact import compact_content
from twoarm.calculator.page import script

PHONE = {"width": 360, "height": 640}

TYPICAL = {
    "age": "71", "female": "1", "premrs": "0", "nihss": "16", "aspects": "8", "site": "M1",
    "lkw_to_puncture_min": "280", "passes": "3", "ivt": "1", "htn": "1", "dm": "0", "af": "0",
    "prior_stroke": "0", "glucose_mmol": "7.2",
}  # fmt: skip
PATIENTS = [
    TYPICAL,
    TYPICAL | {"age": "55", "female": "0", "site": "M2", "nihss": "9", "glucose_mmol": "5,9"},
    TYPICAL | {"age": "83", "premrs": "1", "site": "ICA", "passes": "4", "af": "1"},
    TYPICAL | {"aspects": "6", "lkw_to_puncture_min": "640", "dm": "?", "glucose_mmol": "?"},
    TYPICAL | {"site": "?", "ivt": "0", "htn": "0", "prior_stroke": "1", "nihss": "21"},
]


def fragment(patient):
    return "#" + "&".join(f"{column}={text}" for column, text in patient.items())


def row(page, model, column):
    number = [each.column for each in model.codebook].index(column)
    return page.locator(f"#row-{number}")


def answer(page, model, column, text):
    """Give one answer as a person does."""
    field = row(page, model, column)
    if text == "?" and field.locator("input[type=checkbox]").count():
        field.locator(".unknown").click()
    elif field.locator("input[type=radio]").count():
        field.locator(f"label:has(input[value='{text}'])").click()
    elif field.locator("select:not(.unit)").count():
        field.locator("select:not(.unit)").select_option(text)
    else:
        field.locator("input[type=text]").fill(text)


def fill(page, model, patient):
    for column, text in patient.items():
        answer(page, model, column, text)


def coded(model, patient):
    values = []
    for predictor in model.codebook:
        text = patient[predictor.column].replace(",", ".")
        if text == "?":
            values.append(np.nan)
        elif predictor.is_number:
            values.append(float(text))
        else:
            values.append([str(level.code) for level in predictor.all_levels].index(text))
    return np.array([values])


def said(page):
    return page.locator("#say").inner_text().replace("\u2060", "")


def numbers(text):
    return [float(each) for each in re.findall(r"\d+\.\d", text)]


@pytest.mark.parametrize("patient", PATIENTS, ids=range(len(PATIENTS)))
def test_a_typed_patient_gets_pythons_numbers(opened, model, patient):
    page = opened()
    fill(page, model, patient)
    page.locator("#settings summary").click()
    page.locator("label:has(#decimals)").click()
    page.locator(".choice label:has([value=text])").click()
    x = coded(model, patient)
    shown = page.locator(".texts li").all_inner_texts()
    risks = model.recommended_risks(x)
    assert len(shown) == len(risks) == 4
    for text, (name, (mu0, mu1)) in zip(shown, risks.items(), strict=True):
        low, high = model.benefit_range(x, name, risks[name])[:, 0]
        change = mu1[0] - mu0[0]
        away = sorted(map(abs, (low, high))) if low * high > 0 else None
        found = numbers(text.replace("100", ""))
        assert found[:2] == pytest.approx([100 * mu0[0], 100 * mu1[0]], abs=0.0501)
        assert found[2] == pytest.approx(100 * abs(change), abs=0.1001)
        expected = away or ([-low, high] if model.outcomes[name]["desirable"] else [high, -low])
        assert found[3:5] == pytest.approx([100 * each for each in expected], abs=0.0501)
        assert ("more" in text) == (change > 0 or away is None)


def test_chromium_computes_a_thousand_patients_as_python_does(opened, model, record_property):
    rng = np.random.default_rng(3)
    columns = []
    for predictor in model.codebook:
        seen = model.content["support"][predictor.column]
        if predictor.is_number:
            columns.append(rng.uniform(seen["min"], seen["max"], 1000))
        else:
            columns.append(rng.choice(np.array(seen["levels"], float), 1000))
    patients = np.column_stack(columns)
    code = script(("evaluator", "range", "reading", "answer")).replace("export ", "")
    content = json.dumps(compact_content(model.content, model.codebook))
    told = opened().evaluate(
        f"() => {{ {code}; const model = {content};"
        "const flat = (all) => Object.values(all)"
        ".flatMap((e) => [e.control, e.treated, e.benefit, ...(e.range ?? [])]);"
        f"return {json.dumps(patients.tolist())}.map((x) => [flat(answer(model, x, 'study')),"
        " flat(answer(model, x, 'recommended'))]); }"
    )
    study = [_signed(model, name, model.risks(patients, name)) for name in model.outcomes]
    smooth = [
        np.vstack([_signed(model, name, mu), model.benefit_range(patients, name, mu)])
        for name, mu in model.recommended_risks(patients).items()
    ]
    largest = max(
        float(np.abs(np.array([each[k] for each in told]) - np.vstack(expected).T).max())
        for k, expected in enumerate((study, smooth))
    )
    record_property("largest difference", largest)
    assert largest < 1e-12


def _signed(model, name, risks):
    return np.vstack([risks, model.benefit(risks, name)])


BAD = [
    ("age", "710", "Expected 18 to 110 years; found 710."),
    ("age", "-71", "Expected 18 to 110 years; found -71."),
    ("age", "71.5", "Expected a whole number; found 71.5."),
    ("age", "71,5", "Expected a whole number; found 71,5."),
    ("age", "seventy", "Expected a number, such as 7; found “seventy”."),
    ("age", "NaN", "Expected a number, such as 7; found “NaN”."),
    ("age", "1e999", "Expected a number, such as 7; found “1e999”."),
    ("age", "7 1", "Expected a number, such as 7; found “7 1”."),
    ("lkw_to_puncture_min", "1.280",
     "Expected a whole number without a separator of thousands; found 1.280."),
    ("glucose_mmol", "130", "Expected 1 to 60 mmol/L; found 130. In mg/dL it would be possible: "
     "change the unit if that is meant."),
    ("glucose_mmol", "<script>", "Expected a number, such as 7.2; found “<script>”."),
]  # fmt: skip


@pytest.mark.parametrize(("column", "text", "message"), BAD)
def test_bad_input_gets_no_result_and_is_named(opened, model, column, text, message):
    page = opened(fragment(TYPICAL))
    assert "plausibly" in said(page)
    answer(page, model, column, text)
    assert said(page) == "No result yet."
    field = row(page, model, column)
    field.locator("input[type=text]").press("Tab")
    assert field.locator(".note").inner_text() == message
    assert field.locator("input[type=text]").get_attribute("aria-invalid") == "true"
    link = page.locator("#result-body a")
    link.click()
    assert page.evaluate("document.activeElement.id") == field.locator(
        "input[type=text]"
    ).get_attribute("id")
    assert page.locator("#result-body .dots, #result-body .effect").count() == 0


def test_a_missing_answer_is_asked_for_and_never_assumed(opened, model):
    page = opened()
    assert page.locator("#result-body a").count() == len(model.codebook)
    some = {column: text for column, text in TYPICAL.items() if column != "nihss"}
    fill(page, model, some)
    assert said(page) == "No result yet."
    assert page.locator("#result-body a").all_inner_texts() == ["NIHSS"]
    answer(page, model, "nihss", "16")
    assert "plausibly" in said(page)


@pytest.mark.parametrize(
    ("changes", "first", "detail"),
    [
        ({"age": "104"}, "No result: the model has not seen patients",
         "Age 104 years is 6 years above the highest seen, 98 years."),
        ({"glucose_mmol": "2"}, "No result: the model has not seen patients",
         "Glucose 2 mmol/L is 0.6 mmol/L below the lowest seen"),
        ({"age": "24", "nihss": "39", "aspects": "3", "passes": "8", "glucose_mmol": "20"},
         "No result: each answer alone was seen", "the farthest seen with both treatments"),
    ],
)  # fmt: skip
def test_nobody_outside_what_was_seen_gets_a_number(opened, model, changes, first, detail):
    page = opened(fragment(TYPICAL | changes))
    assert said(page).startswith(first)
    assert detail in page.locator("#result-body").inner_text()
    assert page.locator("#result-body .dots, #result-body .effect").count() == 0
    assert page.locator("#result-body a").count() >= 1


def test_a_decimal_comma_is_read_and_shown(opened, model):
    page = opened(fragment(TYPICAL))
    before = said(page)
    answer(page, model, "glucose_mmol", "7,2")
    assert row(page, model, "glucose_mmol").locator(".note").inner_text() == "Read as 7.2 mmol/L."
    assert said(page) == before


def test_the_unit_of_glucose_is_switched_with_its_limits(opened, model):
    page = opened(fragment(TYPICAL | {"glucose_mmol": "10"}))
    before = said(page)
    field = row(page, model, "glucose_mmol")
    field.locator("select.unit").select_option("mg/dL")
    assert said(page) == "No result yet."
    assert field.locator("small").inner_text() == "18 to 1080 mg/dL"
    answer(page, model, "glucose_mmol", "180.156")
    assert "= 10 mmol/L" in field.locator(".note").inner_text()
    assert said(page) == before


def test_unknown_is_a_choice_and_its_price_is_said(opened, model):
    page = opened(fragment(TYPICAL))
    answer(page, model, "glucose_mmol", "?")
    answer(page, model, "dm", "?")
    notes = page.locator("#result-body .caution").all_inner_texts()
    assert len(notes) == 2
    for note in notes:
        assert re.search(
            r"is unknown: .* average patient.*less personal.*from −?\d+ to −?\d+ of 100", note
        )
    assert row(page, model, "glucose_mmol").locator("input[type=text]").is_disabled()
    assert row(page, model, "age").locator("text=Unknown").count() == 0


def test_dots_add_up_to_a_hundred_and_to_the_sentence(opened):
    page = opened(fragment(TYPICAL))
    counts = page.evaluate(
        "[...document.querySelectorAll('svg.dots')].map((one) =>"
        " [one.querySelectorAll('.full'), one.querySelectorAll('circle:not(.pip), path')]"
        ".map((found) => found.length))"
    )
    a, b = map(int, re.search(r": (\d+) of 100 .*, (\d+) of 100", said(page)).groups())
    assert counts == [[a, 100], [b, 100]]
    shown = page.locator(".legend b").all_inner_texts()
    sums = np.array([[int(n) for n in text.split(" → ")] for text in shown]).sum(axis=0)
    assert sums.tolist() == [100, 100]
    assert f"{b - a} more" in said(page)


def test_the_threshold_is_said_in_words_and_can_be_set(opened):
    page = opened(fragment(TYPICAL))
    page.locator("#settings summary").click()
    low, high = (
        float(each) for each in re.search(r"plausibly (\d+) to (\d+) more", said(page)).groups()
    )
    for value, words in (
        ("0.5", "lies above 0.5"),
        (str((low + high) / 2), "contains"),
        ("99,5", "lies below 99.5"),
    ):
        page.locator("#threshold").fill(value)
        text = page.locator(".said-threshold").inner_text()
        assert words in text
        assert "set on this page" in text
    page.locator("#threshold").fill("many")
    assert "0 to 100" in page.locator("#threshold-note").inner_text()


def test_the_number_needed_to_treat_waits_for_a_range_without_zero(opened, model):
    page = opened(fragment(TYPICAL))
    assert "Number needed to treat" in page.locator("#result-body").inner_text()
    rng, shown = np.random.default_rng(5), []
    for _ in range(12):
        patient = TYPICAL | {
            "age": str(rng.integers(45, 90)),
            "nihss": str(rng.integers(5, 30)),
            "passes": str(rng.integers(1, 6)),
        }
        x = coded(model, patient)
        risks = model.recommended_risks(x)["mrs_0_2"]
        low, high = model.benefit_range(x, "mrs_0_2", risks)[:, 0]
        for column, text in patient.items():
            if column in ("age", "nihss", "passes"):
                answer(page, model, column, text)
        body = page.locator("#result-body").inner_text()
        if "plausibly" in said(page):
            shown.append(low * high > 0)
            assert ("Number needed to" in body) == shown[-1]
    assert set(shown) == {True, False}


def test_the_studys_learner_is_one_tap_away_and_has_no_range(opened, model):
    page = opened(fragment(TYPICAL))
    page.locator(".choice label:has([value=study])").click()
    risks = model.risks(coded(model, TYPICAL), "mrs_0_2")[:, 0]
    found = [int(each) for each in re.findall(r"(\d+) of 100", said(page))]
    assert found[:2] == [round(100 * each) for each in risks]
    assert "plausibly" not in said(page)
    assert "No range is given" in page.locator(".caution").first.inner_text()
    assert page.evaluate("document.activeElement.value") == "study"


def test_the_short_form_states_its_error_and_gives_a_result(opened, model):
    page = opened()
    page.locator(".choice label:has([value=short])").click()
    assert re.search(r"at most \d+\.\d points in half", page.locator("#fields").inner_text())
    asked = page.locator("#fields .field").count()
    assert asked < 10
    shown = page.locator("#fields .field").evaluate_all(
        "(rows) => rows.map((each) => Number(each.id.slice(4)))"
    )
    for number in shown:
        column = model.codebook[number].column
        answer(page, model, column, TYPICAL[column])
    assert "plausibly" in said(page)
    assert "less personal" in page.locator(".caution").last.inner_text()


def test_a_link_holds_answers_only_in_its_fragment_and_only_on_request(opened, model, calculator):
    page = opened(fragment(TYPICAL))
    assert page.url == calculator.as_uri()
    page.locator("#settings summary").click()
    assert page.locator("#link-text").count() == 0
    page.locator("#link").locator("xpath=preceding-sibling::p[1]//button").click()
    link = page.locator("#link-text").input_value()
    assert link.startswith(calculator.as_uri() + "#age=71&")
    before = said(page)
    page.goto("about:blank")
    page.goto(link)
    assert said(page) == before
    stored = page.evaluate(
        "JSON.stringify({...localStorage}) + JSON.stringify({...sessionStorage}) + document.cookie"
    )
    assert "71" not in stored


@pytest.mark.parametrize(
    ("locale", "word"), [("de-AT", "plausibel"), ("es-MX", "plausible"), ("fr-FR", "plausibly")]
)
def test_the_page_speaks_the_browsers_language_and_changes_it(opened, locale, word):
    page = opened(fragment(TYPICAL), locale=locale)
    assert word in said(page)
    assert page.evaluate("document.documentElement.lang") == (
        locale[:2] if locale != "fr-FR" else "en"
    )
    counts = re.findall(r"\d+", said(page))
    page.locator("#language").select_option("en")
    assert "plausibly" in said(page)
    assert re.findall(r"\d+", said(page)) == counts
    assert page.evaluate("document.activeElement.id") == "language"


def test_a_changed_page_computes_nothing(opened, calculator, tmp_path):
    text = calculator.read_text(encoding="utf-8")
    found = re.search(r'"intercept":(-?\d+\.\d+)', text)
    changed = tmp_path / "changed.html"
    changed.write_text(
        text.replace(found[0], f'"intercept":{float(found[1]) + 0.001}', 1), encoding="utf-8"
    )
    page = opened(fragment(TYPICAL), path=changed)
    alert = page.locator("[role=alert]")
    assert "computes nothing" in alert.inner_text()
    assert page.locator("#form, #say").count() == 0
    assert page.locator("#banner").is_visible()


def test_the_paper_shows_answers_versions_and_the_banner(opened, model):
    page = opened(fragment(TYPICAL))
    page.emulate_media(media="print")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    text = page.locator("body").inner_text()
    for words in (
        "Research only",
        "Answers used",
        "71 years",
        model.content["digest"],
        "Printed on",
        "Intended use",
        "AUC",
    ):
        assert words in text, words
    assert not page.locator("#form").is_visible()
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert not page.locator("#card").evaluate("(each) => each.open")


def test_formula_and_card_are_one_tap_away(opened, model):
    page = opened()
    page.locator("#formula > summary").click()
    page.locator(".coefficients tbody tr").first.wait_for()  # filled after the click
    assert page.locator(".coefficients tbody tr").count() == 3 + 2 * len(
        model.content["preprocessing"]["columns"]
    )
    page.locator("#formula-outcome").select_option("death")
    first = model.content["recommended"]["outcomes"]["death"]["fits"][0]["intercept"]
    assert f"{first:.5g}" in page.locator(".coefficients").inner_text().replace("−", "-")
    page.locator("#card > summary").click()
    page.locator("#card").get_by_text(model.content["digest"]).first.wait_for()
    assert model.content["digest"] in page.locator("#card").inner_text()


def test_a_model_of_another_study_is_asked_for_in_its_own_words(opened, model, tmp_path):
    content = json.loads(json.dumps(dict(model.content)))
    content["codebook"][0]["label"] = "Years <b>lived</b>"
    content["synthetic"] = False
    path = tmp_path / "other.html"
    path.write_text(calculator_html(type(model)(content, model.encoding)), encoding="utf-8")
    page = opened(path=path, locale="de-DE")
    assert page.locator("#banner").inner_text().startswith("Nur für die Forschung.")
    assert "künstlich" not in page.locator("#banner").inner_text()
    assert page.locator("b:text('lived')").count() == 0
