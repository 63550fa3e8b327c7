"""Results whose questions were answered otherwise."""

from dataclasses import replace

import pytest

from twoarm.study.judge.answers import said


@pytest.fixture(scope="session")
def answered():
    """Give a result with another answer to one question, and all that is said of it."""

    def otherwise(result, question, value):
        old = result.answers
        values = {**old.values, question.name: dict.fromkeys(old.values[question.name], value)}
        return replace(result, answers=said(old.study, old.questions, values))

    return otherwise
