"""Nobody is left out: axe, keyboard alone, small screens, large targets."""

import pytest
from axe_playwright_python.sync_playwright import Axe

WIDE, PHONE = {"width": 1280, "height": 800}, {"width": 360, "height": 640}
SIZES = pytest.mark.parametrize("size", [PHONE, WIDE], ids=["phone", "wide"])
SCHEMES = pytest.mark.parametrize("scheme", ["light", "dark"])

TYPED = {
    "age": "71", "female": "yes", "premrs": "0", "nihss": "16", "aspects": "8", "site": "M1",
    "lkw_to_puncture_min": "280", "passes": "3", "ivt": "yes", "htn": "yes", "dm": "no", "af": "no",
    "prior_stroke": "no", "glucose_mmol": "7.2",
}  # fmt: skip
CODES = {"yes": "1", "no": "0"}
FULL = "#" + "&".join(f"{column}={CODES.get(text, text)}" for column, text in TYPED.items())

STATES = {
    "empty": "",
    "result": FULL,
    "wrong": FULL.replace("age=71", "age=710"),
    "outside": FULL.replace("age=71", "age=104"),
    "unknown": FULL.replace("glucose_mmol=7.2", "glucose_mmol=?").replace("dm=0", "dm=?"),
}
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


def violations(page):
    found = Axe().run(page, options=RULES).response
    assert len(found["passes"]) > 15
    return [
        (each["id"], node["target"], node["failureSummary"])
        for each in found["violations"]
        for node in each["nodes"]
    ]


@pytest.mark.parametrize(
    ("state", "size", "scheme"),
    [
        ("result", PHONE, "light"),
        ("result", PHONE, "dark"),
        ("result", WIDE, "light"),
        ("result", WIDE, "dark"),
        ("wrong", PHONE, "dark"),
        ("wrong", WIDE, "light"),
        ("empty", PHONE, "light"),
        ("outside", PHONE, "light"),
        ("unknown", PHONE, "light"),
    ],
    ids=lambda each: f"{each['width']}" if isinstance(each, dict) else each,
)
def test_axe_finds_nothing(opened, state, size, scheme):
    assert violations(opened(STATES[state], size=size, scheme=scheme)) == []


@pytest.mark.parametrize(
    ("size", "scheme"), [(PHONE, "light"), (WIDE, "dark")], ids=["phone", "wide"]
)
def test_axe_finds_nothing_where_all_is_unfolded(opened, size, scheme):
    page = opened(FULL, size=size, scheme=scheme)
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
    page.evaluate("document.querySelectorAll('.info').forEach((each) => each.click())")
    page.locator("#settings button").click()
    assert violations(page) == []


@SCHEMES
@pytest.mark.parametrize("view", ["bars", "table", "text"])
def test_axe_finds_nothing_in_any_view(opened, view, scheme):
    page = opened(FULL, size=PHONE, scheme=scheme)
    page.locator(f".choice label:has([value={view}])").click()
    assert violations(page) == []


@SIZES
@SCHEMES
@pytest.mark.parametrize("locale", ["en-GB", "de-DE", "es-ES"])
def test_nothing_is_wider_than_the_screen(opened, size, scheme, locale):
    page = opened(FULL, size=size, scheme=scheme, locale=locale)
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
    page.evaluate("document.querySelectorAll('.info').forEach((each) => each.click())")
    for view in ("icons", "bars", "table", "text"):
        page.locator(f".choice label:has([value={view}])").click()
        wide = page.evaluate(
            "[...document.querySelectorAll('body *')]"
            ".filter((each) => !each.closest('.scroll, .skip, .visually-hidden'))"
            ".filter((each) => each.getBoundingClientRect().right > innerWidth + 0.5)"
            ".map((each) => each.outerHTML.slice(0, 80))"
        )
        assert wide == []
        assert page.evaluate("document.documentElement.scrollWidth") == size["width"]


@SIZES
def test_every_target_is_as_large_as_a_finger(opened, size):
    page = opened(STATES["unknown"], size=size)
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
    small = page.evaluate(
        "[...document.querySelectorAll('button, select, summary, .box, #threshold, .segments span,"
        " .unknown, .check')]"
        ".filter((each) => each.checkVisibility() && !each.matches('.box select'))"
        ".map((each) => [each.outerHTML.slice(0, 80), each.getBoundingClientRect()])"
        ".filter(([, { width, height }]) => height < 44 || width < 44)"
    )
    assert small == []


FOCUSED = """() => {
  const one = document.activeElement;
  const box = one.getBoundingClientRect();
  const boxed = one.matches(".box input") ? one.closest(".box") : one;
  const seen = one.type === "radio" ? one.nextElementSibling : boxed;
  const at = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
  const labelled = at?.closest("label")?.contains(one);
  return {
    id: one.id, tag: one.tagName, type: one.type, row: one.closest(".field")?.id ?? "",
    unit: one.classList.contains("unit"), outlined: getComputedStyle(seen).outlineStyle !== "none",
    reached: Boolean(one.contains(at) || labelled || seen.contains(at)),
  };
}"""
"""Where the focus is, whether it can be seen, and whether anything lies above it."""

ANSWERED = ("text", "radio", "select-one")


@SIZES
def test_a_patient_is_entered_and_read_with_the_keyboard_alone(opened, model, size):
    page = opened(size=size)
    page.evaluate("document.documentElement.style.scrollBehavior = 'auto'")
    columns = [each.column for each in model.codebook]
    answered, stops = [], []
    while len(stops) < 120 and not (len(answered) == len(columns) and stops[-1] == "SUMMARY"):
        page.keyboard.press("Tab")
        focus = page.evaluate(FOCUSED)
        stops.append(focus["id"] or focus["tag"])
        assert focus["outlined"], focus
        assert focus["reached"], focus
        if focus["row"] and not focus["unit"] and focus["type"] in ANSWERED:
            column = columns[int(focus["row"][4:])]
            if column not in answered:
                answered.append(column)
                enter(page, focus, TYPED[column])
    assert stops[0] == "skip"
    assert stops[-1] == "SUMMARY"
    assert sorted(answered) == sorted(columns)
    assert "plausibly" in page.locator("#say").inner_text()


def enter(page, focus, text):
    if focus["type"] == "text":
        page.keyboard.type(text)
    elif focus["type"] == "radio":
        page.keyboard.press("Space")  # the first one, which is "no"
        if text == "yes":
            page.keyboard.press("ArrowRight")
    else:
        page.keyboard.type(text)


def test_the_skip_link_leads_to_the_result(opened):
    page = opened(FULL)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "result"


def test_choices_keep_the_focus_when_the_result_is_drawn_anew(opened):
    page = opened(FULL)
    page.locator("[name=view]:checked").focus()
    for expected in ("bars", "table", "text"):
        page.keyboard.press("ArrowRight")
        assert page.evaluate("document.activeElement.value") == expected


def test_the_result_is_announced_once_and_short(opened):
    page = opened(FULL)
    live = page.locator("[aria-live]")
    assert live.count() == 1
    assert live.get_attribute("id") == "say"
    assert len(live.inner_text()) < 250


def test_nothing_is_told_by_colour_alone(opened, model):
    page = opened(FULL)
    assert page.locator(".track").count() == len(model.outcomes)
    for text in page.locator(".effect-change").all_inner_texts():
        assert any(word in text for word in ("better with", "worse with", "no difference")), text
    for badge in page.locator(".badge").all_inner_texts():
        assert badge.strip("◆ ") in ("supported", "in question", "cannot be told")
