"""The page is one file that loads nothing and holds no more than it reads."""

import base64
import gzip
import hashlib
import json
import re
from importlib.resources import files

import pytest

from twoarm.calculator import calculator_html, write_calculator
from twoarm.calculator import page as module
from twoarm.calculator.compact import compact_content
from twoarm.cohort.codebook import Predictor
from twoarm.errors import ArgumentError, ModelFileError
from twoarm.modelfile import Model


@pytest.fixture(scope="module")
def html(model):
    return calculator_html(model)


def element(html, opening):
    start = html.index(opening) + len(opening)
    return html[start : html.index("</", start)]


def inside(html):
    return json.loads(element(html, '<script type="application/json" id="model">'))


def test_the_policy_lets_nothing_be_loaded_and_only_what_is_inside_run(html):
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', html)[1]
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    for opening, source in (("<style>", "style-src"), ('<script type="module">', "script-src")):
        text = html[html.index(opening) + len(opening) :].split(
            "</style>" if "style" in opening else "</script>"
        )[0]
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{source} 'sha256-{digest}'" in policy


def test_nothing_points_outside(html):
    assert not re.search(r"(src|href|action)\s*=\s*[\"'](?!#|sw\.js|manifest)", html)
    addresses = set(re.findall(r"https?://[^\"' ]+", html))
    assert addresses == {"http://www.w3.org/2000/svg"}
    assert not re.search(r"\bfetch\(|XMLHttpRequest|WebSocket|sendBeacon|import\(|\beval\(", html)
    assert not re.search(r"\[\[[a-z]+\]\]", html)


def test_the_banner_stands_in_the_file_whatever_the_study(html, model):
    assert "Research only. Not for decisions about patients." in html
    content = {**model.content, "synthetic": False, "intended_use": "", "title": "</script><b>x"}
    other = calculator_html(Model(content, model.encoding))
    assert "Research only. Not for decisions about patients." in other
    assert "<b>x" not in other
    assert inside(other)["title"] == "</script><b>x"


def test_the_model_inside_is_the_model_at_full_precision(html, model):
    found = inside(html)
    assert found["recommended"] == model.content["recommended"]
    assert found["uncertainty"] == model.content["uncertainty"]
    vector = model.content["test_vectors"][7]
    assert found["vectors"][7]["risks"] == vector["risks"]
    assert found["digest"] == model.content["digest"]
    assert len(json.dumps(found)) < len(json.dumps(model.content))
    assert len(gzip.compress(html.encode())) < 2_000_000


def test_the_same_model_gives_the_same_bytes(html, model):
    assert calculator_html(model) == html


def test_a_site_sets_threshold_and_language(model):
    found = inside(calculator_html(model, threshold=0.1, language="de"))
    assert (found["site_threshold"], found["site_language"]) == (10.0, "de")
    with pytest.raises(ArgumentError, match=r"0 to 1.*found 15"):
        calculator_html(model, threshold=15)
    with pytest.raises(ArgumentError, match=r"en, de, es.*'fr'"):
        calculator_html(model, language="fr")


def test_a_model_that_is_too_large_is_refused_with_what_to_do(
    model, model_file, monkeypatch, tmp_path
):
    monkeypatch.setattr(module, "LARGEST", 10_000)
    with pytest.raises(ArgumentError, match=r"takes 0\.\d MB.*fewer trees"):
        calculator_html(model)
    with pytest.raises(ArgumentError, match="fewer trees"):
        write_calculator(model_file, tmp_path / "page.html")
    assert list(tmp_path.iterdir()) == []


def test_a_far_too_large_file_is_not_even_read(monkeypatch, tmp_path):
    large = tmp_path / "model.json"
    with large.open("wb") as file:
        file.truncate(300_000_000)
    with pytest.raises(ArgumentError, match="fewer trees"):
        write_calculator(large)
    assert not (tmp_path / "calculator.html").exists()


def test_the_page_is_written_beside_the_model(html, model_file, tmp_path):
    copy = tmp_path / "model.json"
    copy.write_bytes(model_file.read_bytes())
    page = write_calculator(copy)
    assert page == tmp_path / "calculator.html"
    assert page.read_text(encoding="utf-8") == html
    with pytest.raises(ArgumentError, match="Cannot write"):
        write_calculator(copy, tmp_path / "nowhere" / "page.html")
    with pytest.raises(ModelFileError, match="Cannot read"):
        write_calculator(tmp_path / "none.json")


@pytest.mark.parametrize(
    ("named", "other"),
    [
        ({"column": "glucose_mmol", "unit": "mmol/L"}, ("mg/dL", 1 / 18.0156)),
        ({"column": "glucose", "unit": "mg/dL"}, ("mmol/L", 18.0156)),
        ({"column": "bz", "unit": "mmol/L", "loinc": "15074-8"}, ("mg/dL", 1 / 18.0156)),
        ({"column": "cholesterol", "unit": "mmol/L"}, None),
        ({"column": "glucose", "unit": "g/L"}, None),
    ],
)
def test_only_glucose_has_another_unit(named, other, model):
    content = {
        **model.content, "codebook": [], "test_vectors": [],
        "preprocessing": {"columns": [], "fill": {named["column"]: 7.0}},
        "support": {named["column"]: {"min": 3.0, "max": 20.0}},
    }  # fmt: skip
    predictor = Predictor(type="number", **named)
    field = compact_content(content, [predictor])["codebook"][0]
    found = field.get("other_unit")
    assert found is None if other is None else (found["unit"], found["factor"]) == other


def test_the_short_form_asks_for_less_than_ten_and_says_what_it_costs(html, model):
    short = inside(html)["short"]
    assert 0 < len(short["leading"]) < 10 < len(model.codebook)
    assert 0 <= short["median"] <= short["p95"] <= 1
    assert 500 < short["n"] <= 1000


IMPORT = r"^import \{([^}]*)\} from \"\./(\w+)\.js\";"
EXPORT = r"^export (?:function|class|const) (\w+)"


def test_modules_stand_in_the_order_of_their_imports_and_offer_what_is_imported():
    offered = {}
    for name in module.SCRIPTS:
        text = (files("twoarm.calculator") / "script" / f"{name}.js").read_text(encoding="utf-8")
        for names, source in re.findall(
            r"^import \{([^}]*)\} from \"\./(\w+)\.js\";", text, re.MULTILINE
        ):
            wanted = {each.strip() for each in names.split(",") if each.strip()}
            assert wanted <= offered[source], (name, source)
        offered[name] = set(
            re.findall(r"^export (?:function|class|const) (\w+)", text, re.MULTILINE)
        )
    found = {path.name for path in (files("twoarm.calculator") / "script").iterdir()}
    assert found == {f"{name}.js" for name in module.SCRIPTS}
