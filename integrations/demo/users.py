"""Who can sign in to the demo, with one password for all."""

from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import check_password, make_password

from integrations.demo import parties
from integrations.demo.world import World
from sites.models import Company
from sites.services import memberships

NAMES = (parties.ADMINISTRATOR[0], *(name for name, *_ in parties.USERS))


def write_users(world: World) -> None:
    """Make the users; a name that somebody has already is an error, so that nobody's password changes."""
    model = get_user_model()
    # One hash for all: each takes a fifth of a second.
    password = make_password(parties.PASSWORD)
    people = [
        model(username=name, first_name=first, last_name=last, password=password)
        for name, first, last, *_ in parties.USERS
    ]
    administrator = model(
        username=parties.ADMINISTRATOR[0], first_name="Administrator", password=password, is_staff=True,
        is_superuser=True,
    )  # fmt: skip
    users = {user.get_username(): user for user in model._default_manager.bulk_create([*people, administrator])}
    world.planner = users["kadri"]


def grant_roles(world: World) -> None:
    """Put each user where he works."""
    model = get_user_model()
    users = {user.get_username(): user for user in model._default_manager.filter(username__in=NAMES)}
    users["kadri"] = world.planner
    for name, _, _, role, where, _ in parties.USERS:
        place: dict[str, Any] = (
            {"company": world.companies[where]} if where in world.companies else {"site": world.sites[where]}
        )
        memberships.grant(user=users[name], role=role, actor=None, **place)


def logins() -> list[tuple[str, str]]:
    """User names with what they are, of those who still have the demo's password; none where there is no demo."""
    if not Company.objects.filter(code=parties.OWN).exists():
        return []
    known = dict([parties.ADMINISTRATOR, *((name, text) for name, *_, text in parties.USERS)])
    users = get_user_model()._default_manager.filter(username__in=known, is_active=True)
    hashes = dict(users.values_list("username", "password"))
    valid = {text: check_password(parties.PASSWORD, text) for text in set(hashes.values())}
    ordered = sorted(known, key=lambda name: name == parties.ADMINISTRATOR[0])
    return [(name, known[name]) for name in ordered if valid.get(hashes.get(name, ""))]
