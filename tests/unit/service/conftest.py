"""A server of the small study's model."""

from __future__ import annotations

import json
import logging

import pytest
from starlette.testclient import TestClient

from twoarm.service import Settings, shelve
from twoarm.service.app import create_app
from twoarm.service.lines import ACCESS, FEEDBACK


@pytest.fixture(scope="session")
def shelf(run_of_two):
    return shelve([run_of_two / "model.json"])


@pytest.fixture(scope="session")
def served(shelf):
    return shelf[0]


@pytest.fixture
def client_of(shelf):
    """Make a client of a server with settings of the test's own."""

    def make(models=None, **settings):
        app = create_app(models or shelf, Settings(**settings))
        return TestClient(app, raise_server_exceptions=True)

    return make


@pytest.fixture
def client(client_of):
    return client_of(rate=0.0)


class Lines(logging.Handler):
    def __init__(self):
        super().__init__()
        self.texts = []

    def emit(self, record):
        self.texts.append(record.getMessage())

    @property
    def last(self):
        return json.loads(self.texts[-1])


@pytest.fixture
def lines():
    """What the server logs while a test runs."""
    kept = Lines()
    for logger in (ACCESS, FEEDBACK):
        logger.addHandler(kept)
        logger.setLevel(logging.INFO)
    yield kept
    for logger in (ACCESS, FEEDBACK):
        logger.removeHandler(kept)
