"""Studies to speak about: one observational, one randomised."""

import pytest

from twoarm.cohort import load_study


@pytest.fixture(scope="session")
def stenting():
    return load_study("rescue-stenting")


@pytest.fixture(scope="session")
def aspirin():
    return load_study("ist-aspirin")
