from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis.strategies import sampled_from, text

from twoarm.cohort.dates import is_like_date
from twoarm.cohort.spelling import folded, is_spreadsheet_error, name_folded, named, plain
from twoarm.cohort.unknownwords import is_like_unknown, may_be_unknown

LETTERS = ["größe", "taille_é", "Å", "ñandú", "Łódź", "ệ", "각"]
SPACES = ["\u00a0", "\u202f", "\u2007", "\u2009", "\u3000"]
UNSEEN = ["\u200b", "\u200d", "\u2060", "\ufeff", "\u00ad", "\u200e", "\u3164"]


def decomposed(value):
    return unicodedata.normalize("NFD", value)


@given(text())
def test_a_plain_text_stays_as_it_is_however_it_is_composed(value):
    once = plain(value)
    assert plain(once) == once
    assert plain(decomposed(value)) == once
    assert unicodedata.is_normalized("NFC", once)


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("word", LETTERS)
def test_a_column_is_found_however_its_letters_are_composed(read, rows, word, form):
    # the input nfd, in both directions and with other letters
    other = "NFD" if form == "NFC" else "NFC"
    for row in rows:
        row[unicodedata.normalize(form, word)] = row.pop("nihss")
    column = unicodedata.normalize(other, word)
    cohort = read(rows, ('column = "nihss"', f'column = "{column}"'))
    assert cohort.predictors[:, 0].tolist() == [6.0 + k for k in range(20)]
    assert cohort.codebook[0].column == unicodedata.normalize("NFC", word)


@pytest.mark.parametrize("word", LETTERS)
def test_levels_arms_events_and_rules_are_compared_in_one_composition(read, rows, word):
    for row in rows:
        row["site"] = row["site"].replace("ICA", decomposed(word))
        row["arm"] = row["arm"].replace("P", decomposed(word))
    cohort = read(
        rows,
        ('code = "ICA"', f'code = "{word}"'),
        ('control = "P"', f'control = "{word}"'),
        ('rule = "premrs <= 2"', f"rule = \"premrs <= 2 and arm != '{word}x'\""),
    )
    assert len(cohort) == 20
    assert (cohort.predictors[:, 2] == 1).sum() == 7


@pytest.mark.parametrize("space", SPACES)
def test_other_spaces_are_spaces(read, rows, space):
    for row in rows:
        row[f"NIHSS{space}at{space}admission"] = f"{row.pop('nihss')}{space}"
        row["hospital"] = f"{space}Lyon{space}Sud"
    cohort = read(rows, ('column = "nihss"', 'column = "NIHSS at admission"'))
    assert set(cohort.centre) == {"Lyon Sud"}
    assert len(cohort) == 20


@pytest.mark.parametrize("unseen", UNSEEN)
def test_what_cannot_be_seen_is_named(problems, rows, unseen):
    name = f"<U+{ord(unseen):04X} {unicodedata.name(unseen)}>"
    rows[2]["site"] = f"M1{unseen}"
    (problem,) = problems(rows)
    assert f"site row 4: found 'M1{name}'; expected one of M1, ICA" in str(problem)
    for row in rows:
        row[f"nih{unseen}ss"] = row.pop("nihss")
    (problem,) = problems([row | {"site": "M1"} for row in rows])
    assert f"nihss: the file has no such column. Did you mean 'nih{name}ss'?" in str(problem)


@pytest.mark.parametrize("letter", ["М", "А", "Ι"])
def test_a_letter_that_passes_for_another_is_named(problems, rows, letter):
    rows[2]["site"] = f"{letter}1"
    (problem,) = problems(rows)
    assert f"found '<U+{ord(letter):04X} {unicodedata.name(letter)}>1'" in str(problem)
    assert named("Москва") == "Москва"


@pytest.mark.parametrize(
    ("first", "second"),
    [("P007", "p7"), ("A-01", "a-1"), ("X1\u200b", "x1"), ("000", "0"), ("Ä1", decomposed("ä01"))],
)
def test_ids_that_are_the_same_once_folded(first, second):
    assert folded(first) == folded(second)


@pytest.mark.parametrize(("first", "second"), [("1.05", "1.5"), ("A10", "A1"), ("1-1", "11")])
def test_ids_that_are_not(first, second):
    assert folded(first) != folded(second)


@pytest.mark.parametrize(
    ("first", "second"),
    [("St. Anna", "ST ANNA"), ("Orléans", "Orleans"), ("Lyon-Sud", "Lyon Sud"), ("H01", "h1")],
)
def test_names_that_are_the_same_once_folded(first, second):
    assert name_folded(first) == name_folded(second)


@pytest.mark.parametrize(
    ("first", "second"),
    [("P1", "Р1"), ("P1", "Ｐ１"), ("P-1", "P–1"), ("P 1", "P  1"), ("'P1", "P1"), ("12", "12.0"),
     ("012", "12.00"), ("ß1", "SS1")],
)  # fmt: skip
def test_ids_that_look_the_same(first, second):
    assert folded(first) == folded(second)


@pytest.mark.parametrize(
    ("first", "second"),
    [("H-1", "H1"), ("H_01", "h 1"), ("Köln", "Koeln"), ("Köln", "Koln"), ("KÃ¶ln", "Köln"),
     ("L'Aquila", "L’Aquila"), ("Lyon.", "Lyon"), ("12.0", "12")],
)  # fmt: skip
def test_centres_that_are_the_same_but_for_punctuation(first, second):
    assert name_folded(first) == name_folded(second)


@pytest.mark.parametrize(("first", "second"), [("1-1", "11"), ("1.05", "1.5"), ("H1", "H10")])
def test_names_that_are_not(first, second):
    assert name_folded(first) != name_folded(second)


@pytest.mark.parametrize(
    "word",
    ["N/A", "<NA>", "(null)", "not recorded", "not done", "Missing data", "can't tell", "drop-out",
     "lost", "unbekannt", "k.A.", "nicht erhoben", "weiß nicht", "non renseigné", "perdue de vue",
     "desconocido", "NS/NC", "sin dato", "sconosciuto", "non noto", "não informado", "onbekend",
     "n.v.t.", "okänd", "uppgift saknas", "ukjent", "ei tiedossa", "brak danych", "neuvedeno",
     "ismeretlen", "bilinmiyor", "άγνωστο", "неизвестно", "нет данных", "不明", "欠測",
     "未知", "미상", "مجهول"],
)  # fmt: skip
def test_words_for_unknown_in_several_languages(word):
    assert is_like_unknown(word)
    assert is_like_unknown(f" {word.upper()}. ")
    assert may_be_unknown(word)


@pytest.mark.parametrize("word", ["ND", "n.k.", "NR", "NE", "DK", "x", "XX", "TBD"])
def test_abbreviations_may_be_names(word):
    assert may_be_unknown(word)
    assert not is_like_unknown(word)


@given(sampled_from(["Naples", "Lost Hills", "A", "0", "n", "no", "none", "Nancy", "K.A.U.", "9"]))
def test_names_and_codes_are_not_taken_for_unknown(word):
    assert not is_like_unknown(word)
    assert not may_be_unknown(word)


@pytest.mark.parametrize("word", ["Москва", "да", "нет", "Αθήνα", "東京"])
def test_words_of_another_script_are_printed_as_they_are(word):
    assert named(f"found '{word}'; expected one of 0, 1") == (
        f"found '{word}'; expected one of 0, 1"
    )


@pytest.mark.parametrize(
    "date",
    ["2024-01-31", "2024-1-3 00:00:00", "31.01.2024", "1/2/24", "02-Jan", "2. Feb", "Jan-02",
     "Mrz 24", "3-Okt", "1 août 2024", "DEC-2023", "2024/01/31", "2024.1.31", "Jan 31, 2024",
     "31 January 2024", "1 de enero de 2024", "März 24", "31.1.", "01. Feb", "12:30", "00:00:00",
     "2024-01-31T12:30:00Z", "2024年1月31日", "3:05 pm"],
)  # fmt: skip
def test_dates_are_told(date):
    assert is_like_date(date)


@pytest.mark.parametrize("text", ["1-2", "3/4", "140/90", "12.5", "M1", "2024", "May", "1.2.3"])
def test_what_is_no_date(text):
    assert not is_like_date(text)


@given(text())
@example("`")
def test_any_text_is_answered(value):
    assert isinstance(is_like_unknown(value), bool)
    assert isinstance(is_like_date(value), bool)
    assert isinstance(is_spreadsheet_error(value), bool)
    assert not {unicodedata.category(each) for each in named(value)} & {"Cf", "Cc"}
    assert folded(f" {value}\u200b") == folded(decomposed(value))
