"""Who may see and change what."""

import pytest

from core.access import scope_of
from core.errors import Forbidden, NotFound
from sites import access
from sites.models import Company
from tests.cast import Cast


def test_a_planner_reaches_his_company_and_the_sites_it_operates(cast: Cast) -> None:
    known = access.access_of(cast.planner)

    assert known.company_ids == {cast.maker.pk}
    assert known.site_ids == known.operated_site_ids == {cast.tll.pk, cast.chi.pk}
    assert not known.is_superuser


def test_a_site_member_reaches_that_site_alone(cast: Cast) -> None:
    known = access.access_of(cast.operator)

    assert known.company_ids == frozenset()
    assert known.site_ids == {cast.tll.pk}
    assert known.operated_site_ids == frozenset()


def test_a_superuser_without_memberships_sees_all(cast: Cast) -> None:
    known = access.access_of(cast.admin)

    assert known.is_superuser
    assert known.company_ids == set(Company.objects.values_list("pk", flat=True))
    assert scope_of(cast.admin).is_everything


def test_loading_takes_one_query_and_is_remembered(cast: Cast, django_assert_num_queries) -> None:
    access.forget(cast.planner)

    with django_assert_num_queries(1):
        access.access_of(cast.planner)
        access.access_of(cast.planner)


def test_the_system_may_write_everywhere(cast: Cast) -> None:
    access.require(None, company_id=cast.far.pk)


def test_a_viewer_sees_but_may_not_write(cast: Cast) -> None:
    with pytest.raises(Forbidden):
        access.require(cast.viewer, company_id=cast.maker.pk)


def test_an_outsider_finds_nothing(cast: Cast) -> None:
    with pytest.raises(NotFound):
        access.require(cast.outsider, company_id=cast.maker.pk, site_id=cast.tll.pk)


def test_an_operator_writes_what_happens_at_his_site_and_no_more(cast: Cast) -> None:
    access.require(cast.operator, company_id=cast.maker.pk, site_id=cast.tll.pk)

    with pytest.raises(Forbidden):
        access.require(cast.operator, company_id=cast.maker.pk, site_id=cast.tll.pk, roles=access.PLANNERS)
    with pytest.raises(NotFound):
        access.require(cast.operator, company_id=cast.maker.pk, site_id=cast.chi.pk)


@pytest.mark.parametrize("name", ["partner", "lakk_planner"])
def test_the_sites_operator_writes_only_where_the_service_lets_him(cast: Cast, name: str) -> None:
    user = getattr(cast, name)

    access.require(user, company_id=cast.maker.pk, site_id=cast.rix.pk, by_operator=True)

    with pytest.raises(NotFound):
        access.require(user, company_id=cast.maker.pk, site_id=cast.rix.pk)


def test_what_all_share_is_a_superusers_to_change(cast: Cast) -> None:
    access.require(cast.admin, company_id=None)

    with pytest.raises(Forbidden):
        access.require(cast.planner, company_id=None)


def test_a_new_company_is_reached_although_the_user_was_read_before(cast: Cast) -> None:
    access.access_of(cast.planner)
    company = Company.objects.create(code="NEW", name="New")
    cast.planner.memberships.create(company=company, role="planner")

    access.require(cast.planner, company_id=company.pk)


def test_the_streams_scope_is_the_same(cast: Cast) -> None:
    scope = scope_of(cast.operator)

    assert scope.sees([], [cast.tll.pk])
    assert not scope.sees([cast.maker.pk], [cast.chi.pk])
