"""Every language says everything, in words that recommend nothing."""

import re
from importlib.resources import files

import pytest

from twoarm.calculator.page import LANGUAGES, SCRIPTS, languages, script
from twoarm.cohort import load_study

OTHERS = [code for code in LANGUAGES if code != "en"]
HOME = files("twoarm.calculator") / "languages"

VERBS = {
    "en": r"\bshould\b|\bmust\b|\bought\b|recommend|\badvise\b|\bconsider\b|\bsuggest|\bprefer"
    r"|\bavoid\b|\btreat\b(?! for one more)|\bplace\b|\bdo not (stent|treat)\b",
    "de": r"\bsoll(te|ten|en)?\b|\bmuss\b|empfehl|empfohl|\braten\b|\bratsam|bevorzug"
    r"|\bvermeide|\berwäg|\bbehandeln\b|\bstenten\b",
    "es": r"\bdeb(e|en|ería|erían|a)\b|recom|aconsej|\bsugier|\bconsider|\bprefer|\bevit"
    r"|\btrate\b|\btratar\b(?! \(NNT\))",
}
"""Verbs that would tell a reader what to do with a patient; the name of the NNT holds one."""


def placeholders(text):
    return sorted(re.findall(r"\{(\w+)\}", text))


def test_the_files_are_the_languages():
    names = {path.name for path in HOME.iterdir()}
    assert names == {f"{code}{part}.json" for code in LANGUAGES for part in ("", ".terms")}


@pytest.mark.parametrize("code", OTHERS)
def test_a_language_has_the_same_keys_with_the_same_gaps(code):
    english, other = languages()["en"]["words"], languages()[code]["words"]
    assert list(other) == list(english)
    for key, text in english.items():
        assert placeholders(other[key]) == placeholders(text), key
        assert other[key].strip(), key


def test_terms_have_the_same_keys():
    first, *rest = ({*languages()[code]["terms"]} for code in OTHERS)
    assert all(each == first for each in rest)


def shipped_texts():
    file = load_study("rescue-stenting").file
    yield from (
        file.study.title,
        file.target_trial.eligibility,
        file.target_trial.control_definition,
    )
    yield from (file.treatment.labels.control, file.treatment.labels.treated)
    yield from (each.title for each in file.outcomes if each.role == "outcome")
    for predictor in file.predictors:
        yield from (predictor.title, predictor.help, predictor.unit)
        if not predictor.is_number:
            yield from (level.text for level in predictor.all_levels)


@pytest.mark.parametrize("code", OTHERS)
def test_the_shipped_study_is_translated(code):
    terms = languages()[code]["terms"]
    texts = {text for text in shipped_texts() if text}
    assert len(texts) > 30
    assert texts - set(terms) == set()


@pytest.mark.parametrize("code", OTHERS)
def test_what_the_model_file_says_of_itself_is_translated(code, model):
    content, terms = model.content, languages()[code]["terms"]
    said = [content["intended_use"], content["not_for"], *content["uncertainty"]["holds_not"]]
    said += [content["population"][key] for key in ("time_zero", "estimand")]
    said += [line["question"] for line in content["verdict"]]
    assert set(said) - set(terms) == set()


def test_every_word_is_used_and_every_word_used_is_there():
    code = script(SCRIPTS)
    literal = set(re.findall(r'"([a-z0-9_]+(?:\.[a-z0-9_]+)*)"', code))
    started = set(re.findall(r"`([a-z0-9_.]+\.)\$\{", code))
    for key in languages()["en"]["words"]:
        known = key in literal or any(key.startswith(each) for each in started)
        assert known or f".{key}" in code, f"nothing says {key}"
    for said in re.findall(r'(?:say|parts)\("([^"]+)"', code):
        assert said in languages()["en"]["words"], said


@pytest.mark.parametrize("code", LANGUAGES)
def test_no_verb_recommends(code):
    texts = {**languages()[code]["words"], **languages()[code]["terms"]}
    for key, text in texts.items():
        assert not re.search(VERBS[code], text, flags=re.IGNORECASE), (key, text)


@pytest.mark.parametrize("code", LANGUAGES)
def test_harm_is_called_harm(code):
    words = languages()[code]["words"]
    harm = {"en": "harm", "de": "Schaden", "es": "daño"}[code]
    assert harm in words["both.title"]
