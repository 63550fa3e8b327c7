"""New patients in a spreadsheet get what the same patients in a text file get."""

import numpy as np

from twoarm.modelfile import load_model, predict_patients, read_patients

HEADER = ("pid", "age", "female", "premrs", "nihss", "aspects", "site", "lkw_to_puncture_min",
          "passes", "ivt", "htn", "dm", "af", "prior_stroke", "glucose_mmol")  # fmt: skip
ROWS = [
    ("007", 67, 0, 0, 16, 8, "M1", 360, 3, 0, 0, 0, 0, 0, 7.1),
    ("A 8", 67, 0, 0, 16, 8, "M9", 360, 3, 0, 0, 0, 0, 0, 7.1),
    (9, 71, 1, 1, 12, 9, "M2", 300, 2, 0, 0, 0, 0, 1, 6.5),
]


def test_a_spreadsheet_gives_what_a_text_file_gives(small_result, tmp_path, xlsx):
    model = load_model(small_result.folder / "model.json")
    (tmp_path / "new.xlsx").write_bytes(xlsx([HEADER, *ROWS]))
    lines = [";".join(str(cell).replace(".", ",") for cell in row) for row in ROWS]
    (tmp_path / "new.csv").write_text("\n".join([";".join(HEADER), *lines]))
    book, text = (read_patients(model, tmp_path / f"new.{kind}") for kind in ("xlsx", "csv"))
    assert book.others["pid"].tolist() == text.others["pid"].tolist() == ["007", "A 8", "9"]
    np.testing.assert_array_equal(book.coded, text.coded)
    found = predict_patients(model, book)
    assert found.notes == predict_patients(model, text).notes
    assert found.usable.tolist() == [True, False, True]
    assert np.isfinite(found.study.benefit["death"]).tolist() == [True, False, True]
