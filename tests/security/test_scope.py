"""Nobody sees or changes what is not his: every noun of the API and every page, found by walking the routes."""

import json
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from pypdf import PdfReader
from rest_framework.test import APIClient

import mfg.urls  # noqa: F401 - the apps register their nouns when the routes are read
from core.api.routers import router
from tests.cast import Cast
from tests.security.conftest import API, client_of

ROUTES = [(prefix, view) for prefix, view, _name in router.registry]
# Shared by the whole installation: all see them, administrators and planners change them.
SHARED = {"units", "item-categories", "skills"}
# A user's own, whoever he works with.
OWN = {"api-keys"}
# What only Nordwood and those who deal with it may read.
SECRETS = ("NORDWOOD", "LAKK", "TLL", "TABLE", "PLANK", "Harbor Dining", "Baltic Oak")
WRITING = ("post", "patch", "delete")


def ids_of(client: APIClient, noun: str) -> set[int]:
    answer = client.get(f"{API}/{noun}/?limit=500")
    assert answer.status_code == 200, (noun, answer.json())
    return {row["id"] for row in answer.json()["results"]}


def actions_of(view: Any) -> list[tuple[str, str]]:
    """The further routes of a noun: method and the end of the path."""
    extra = view.get_extra_actions()
    return [(method, action.url_path) for action in extra for method in action.mapping if action.detail]


@pytest.mark.parametrize(("noun", "view"), ROUTES, ids=[noun for noun, _ in ROUTES])
def test_nobody_reads_or_writes_without_signing_in(db: None, noun: str, view: Any) -> None:
    client = client_of(None)
    paths = [f"{API}/{noun}/", f"{API}/{noun}/1/", *(f"{API}/{noun}/1/{path}/" for _m, path in actions_of(view))]

    for path in paths:
        for method in ("get", *WRITING):
            assert getattr(client, method)(path).status_code in {401, 405}, (method, path)


@pytest.mark.parametrize(("noun", "view"), ROUTES, ids=[noun for noun, _ in ROUTES])
def test_an_outsider_finds_nothing_of_others(work: Cast, noun: str, view: Any) -> None:
    ours = ids_of(client_of(work.planner), noun) - (ids_of(client_of(work.outsider), noun) if noun in SHARED else set())
    outsider = client_of(work.outsider)
    listed = outsider.get(f"{API}/{noun}/?limit=500")

    assert listed.status_code == 200
    assert not {row["id"] for row in listed.json()["results"]} & ours
    assert not [word for word in SECRETS if word in json.dumps(listed.json())]
    for row_id in ours:
        url = f"{API}/{noun}/{row_id}/"
        assert outsider.get(url).status_code == 404
        assert outsider.patch(url, {}, format="json", headers={"If-Match": '"1"'}).status_code in {404, 405}
        assert outsider.delete(url, headers={"If-Match": '"1"'}).status_code in {404, 405}
        for method, path in actions_of(view):
            assert getattr(outsider, method)(f"{url}{path}/", {}, format="json").status_code == 404, (noun, path)


@pytest.mark.parametrize(("noun", "view"), ROUTES, ids=[noun for noun, _ in ROUTES])
def test_a_viewer_changes_nothing(work: Cast, noun: str, view: Any) -> None:
    if noun in OWN:
        pytest.skip("A key is its user's own.")
    viewer = client_of(work.viewer)
    before = {row_id: viewer.get(f"{API}/{noun}/{row_id}/").json() for row_id in sorted(ids_of(viewer, noun))[:3]}

    for row_id in before:
        url = f"{API}/{noun}/{row_id}/"
        assert viewer.delete(url, headers={"If-Match": '"1"'}).status_code in {403, 404, 405}
        for method, path in actions_of(view):
            if method == "post":
                status = viewer.post(f"{url}{path}/", {}, format="json").status_code
                assert status in {400, 403, 404, 409}, (noun, path, status)
    assert {row_id: viewer.get(f"{API}/{noun}/{row_id}/").json() for row_id in before} == before


def test_the_planner_sees_her_work(work: Cast) -> None:
    """The control: of no noun above there is nothing to hide, and nothing to change."""
    assert [noun for noun, _ in ROUTES if not ids_of(client_of(work.planner), noun)] == []
    assert [noun for noun, _ in ROUTES if not ids_of(client_of(work.viewer), noun) and noun not in OWN] == []


def patterns(resolver: Any, prefix: str = "/") -> Iterator[tuple[str, URLPattern]]:
    for pattern in resolver.url_patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from patterns(pattern, path)
        elif isinstance(pattern, URLPattern):
            yield path, pattern


PAGES = sorted(path for path, _pattern in patterns(get_resolver()) if path.startswith("/s/<"))


def addresses(path: str, site: str, cast: Cast) -> list[str]:
    """A page's addresses at a site, with an id of Nordwood's own (an item, and a low one of a document)."""
    found = []
    for row_id in (cast.table.pk, 1, 2):
        address = path
        while "<" in address:
            start, end = address.index("<"), address.index(">")
            name = address[start + 1 : end].rpartition(":")[2]
            converter = address[start + 1 : end].partition(":")[0]
            value = site if name == "site" else "TABLE" if converter in {"str", "slug", name} else str(row_id)
            address = address[:start] + value + address[end + 1 :]
        found.append(address)
    return sorted(set(found))


@pytest.mark.parametrize("path", PAGES)
def test_a_page_asks_to_sign_in(cast: Cast, visitor: Client, path: str) -> None:
    for address in addresses(path, "TLL", cast):
        answer = visitor.get(address)
        assert answer.status_code in {302, 405}, address
        assert answer.status_code == 405 or answer["Location"].startswith("/login/?next=")


@pytest.mark.parametrize("path", PAGES)
def test_a_page_of_a_site_out_of_reach_is_missing(work: Cast, visitor: Client, path: str) -> None:
    visitor.force_login(work.outsider)

    for address in addresses(path, "TLL", work):
        assert visitor.get(address).status_code in {404, 405}, address
        assert visitor.post(address).status_code in {403, 404, 405}, address


def body(answer: Any) -> str:
    """What an answer says, exports that are streamed and the text of papers among them."""
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if answer.get("Content-Type") == "application/pdf":
        return "\n".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages)
    return content.decode()


@pytest.mark.parametrize("path", PAGES)
def test_a_page_over_all_sites_shows_nothing_of_others(work: Cast, visitor: Client, path: str) -> None:
    visitor.force_login(work.outsider)

    for address in addresses(path, "all", work):
        answer = visitor.get(address)
        assert answer.status_code in {200, 302, 404, 405}, address
        text = body(answer).replace(address, "")
        assert answer.status_code == 404 or not [word for word in SECRETS if word in text], address
