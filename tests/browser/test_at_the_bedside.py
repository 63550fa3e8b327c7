"""What a first walk stumbled over: lost taps, doubts out of sight, gaps that pass for answers."""

import re

PHONE = {"width": 360, "height": 640}
PATIENT = {
    "age": "71", "female": "1", "premrs": "0", "nihss": "16", "aspects": "8", "site": "M1",
    "lkw_to_puncture_min": "280", "passes": "3", "ivt": "1", "htn": "1", "dm": "0", "af": "0",
    "prior_stroke": "0", "glucose_mmol": "7.2",
}  # fmt: skip


def link(**changes):
    return "#" + "&".join(f"{name}={text}" for name, text in (PATIENT | changes).items())


def row(page, model, column):
    number = [each.column for each in model.codebook].index(column)
    return page.locator(f"#row-{number}")


def press(page, place):
    """Press and release where the element is when the finger comes down."""
    box = place.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.wait_for_timeout(60)
    page.mouse.up()


def test_the_first_tap_on_the_result_counts_while_a_field_is_being_edited(opened, model):
    page = opened(link(), size=PHONE)
    field = row(page, model, "aspects").locator("input[type=text]")
    field.click()
    field.fill("7")
    press(page, page.locator("#bar .see"))
    page.wait_for_function(
        "() => document.querySelector('#result').getBoundingClientRect().top < 200"
    )
    assert page.evaluate("location.hash") == "#result"


def test_a_tap_lands_although_the_field_it_leaves_is_wrong(opened, model):
    page = opened(link(dm=""), size=PHONE)
    field = row(page, model, "aspects").locator("input[type=text]")
    field.click()
    field.fill("12")
    yes = row(page, model, "dm").locator("label:has(input[value='1'])")
    yes.scroll_into_view_if_needed()
    press(page, yes)
    assert row(page, model, "dm").locator("input:checked").get_attribute("value") == "1"
    error = row(page, model, "aspects").locator(".note")
    page.wait_for_function(
        "id => document.getElementById(id).textContent !== ''", arg=error.get_attribute("id")
    )
    assert "0 to 10" in error.inner_text()


def test_an_answer_that_may_not_be_unknown_is_not_taken_for_one(opened, model):
    page = opened(link(nihss="?"), size=PHONE)
    assert page.locator("#say b").count() == 0
    assert row(page, model, "nihss").evaluate("each => each.classList.contains('wrong')")


def test_what_the_study_doubts_stands_before_the_first_picture(opened):
    page = opened(link(), size=PHONE)
    text = page.locator("#result").inner_text()
    assert text.index("In question by the study's own checks") < text.index("Show as")
    assert re.search(r"Learnt from \d+ such outcomes in 198 patients", text)


def test_research_only_stays_in_sight(opened):
    page = opened(link(), size=PHONE)
    for place in ("#result", "#folded", "#offline"):
        page.evaluate("place => document.querySelector(place).scrollIntoView()", place)
        page.wait_for_timeout(50)
        assert page.evaluate("document.querySelector('#banner').getBoundingClientRect().top") == 0


def test_a_range_with_zero_in_it_is_called_no_clear_gain(opened):
    page = opened(link(), size=PHONE)
    lines = page.locator(".effect-change").all_inner_texts()
    assert len(lines) == 4
    for line in lines:
        both_ways = "fewer to" in line and "more)" in line
        assert both_ways == ("the range includes no difference" in line), line
