"""The style guide draws every component, and nothing on it needs inline style or script."""

import re

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.test import RequestFactory

from core.web import views

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(
        not (settings.BASE_DIR / "frontend/dist/manifest.json").exists(), reason="npm run build has not run"
    ),
]
INLINE = re.compile(r"\s(?:style|on[a-z]+)=|<style|<script(?![^>]*\ssrc=)", re.IGNORECASE)


def page(query: str, **headers: str) -> str:
    request = RequestFactory().get(f"/styleguide/?{query}", headers=headers)
    request.user = get_user_model()(username="kadri", is_staff=True, is_active=True, pk=1)
    request._messages = []
    return views.styleguide(request).content.decode()


@pytest.mark.parametrize("sheet", views.PAGES)
def test_nothing_is_inline(sheet):
    assert INLINE.findall(page(f"sheet={sheet}")) == []


def test_a_part_comes_without_the_frame():
    whole, part = page("sheet=orders"), page("sheet=orders", X_Live="1")

    assert 'class="sprite"' in whole
    assert 'class="sprite"' not in part
    assert 'id="content"' in part
    assert 'id="toasts"' not in part


def test_a_visit_in_place_brings_the_toasts():
    assert 'id="toasts"' in page("sheet=orders", X_Part="1")


def test_the_drawer_is_a_page_of_its_own_too():
    assert 'id="drawer-content"' in page("figure=1", X_Drawer="1")
    assert 'class="sprite"' in page("figure=1")


def test_heads_sort_by_the_url_and_back():
    assert "sort=-number" in page("sheet=orders&sort=number")
    assert 'aria-sort="ascending"' in page("sheet=orders&sort=number")
    assert 'aria-sort="descending"' in page("sheet=orders&sort=-number")


def test_filters_keep_the_rest_of_the_query():
    assert '<input type="hidden" name="sort" value="number">' in page("sheet=orders&sort=number&cursor=abc")
    assert "cursor=abc" not in page("sheet=orders&sort=number&cursor=abc").replace("explain", "")
