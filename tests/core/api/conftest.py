"""A reader of two companies, and one of a third."""

import pytest
from django.contrib.auth.models import User
from django.urls import set_urlconf
from rest_framework.test import APIClient

from core import access
from core.access import EVERYTHING, NOTHING, Scope
from sites.models import Company, Site


@pytest.fixture
def nouns(settings):
    settings.ROOT_URLCONF = "tests.core.api.nouns"
    set_urlconf(None)


@pytest.fixture
def companies(db):
    rows = [("OWN", "Own Works"), ("TWIN", "Own Works"), ("FAR", "Far Away")]
    return {code: Company.objects.create(code=code, name=name) for code, name in rows}


@pytest.fixture
def sites(companies):
    return [
        Site.objects.create(code=code, name=code, company=companies[owner], default_owner=companies[owner])
        for code, owner in [("TLL", "OWN"), ("HAM", "TWIN"), ("CHI", "FAR")]
    ]


@pytest.fixture
def scopes(companies, monkeypatch):
    """What each user sees; only the planner's own, unless a test says more."""
    seen = {"planner": Scope(companies=frozenset({companies["OWN"].pk, companies["TWIN"].pk}))}

    def load(user):
        return EVERYTHING if user.is_superuser else seen.get(user.username, NOTHING)

    monkeypatch.setitem(access._loaders, "scope", load)
    return seen


@pytest.fixture
def planner(db):
    return User.objects.create(username="planner")


@pytest.fixture
def api(nouns, scopes, planner):
    """The planner's client."""
    client = APIClient()
    client.force_authenticate(planner)
    return client
