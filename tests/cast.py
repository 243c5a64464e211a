"""The one cast of all tests, built by calling services.

Nordwood makes tables and operates TLL (Tallinn, its factory) and CHI (Chicago, assembly). Lakk is a contract
manufacturer: it operates RIX (Riga), where the stock that comes in is Nordwood's. Hafen is a logistics provider,
Saeveski a supplier of planks, who may consign them. Far is a company that none of them knows.

TABLE (pcs) is made of 1 TOP and 4 LEG; both are made of PLANK (m).
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth import get_user_model

from inventory.models import Item, Location, UnitOfMeasure
from inventory.services import items
from sites.models import Company, Membership, Site
from sites.services import companies, lanes, memberships
from sites.services import sites as site_service

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
Role = Membership.Role


@dataclass(frozen=True)
class Cast:
    """Who and what every test may use; `now` is a Monday morning, noon in Tallinn."""

    now: datetime
    # companies
    maker: Company
    lakk: Company
    logistics: Company
    supplier: Company
    far: Company
    # sites and where their receipts go
    tll: Site
    chi: Site
    rix: Site
    far_site: Site
    tll_stock: Location
    chi_stock: Location
    rix_stock: Location
    far_stock: Location
    # users
    planner: Any
    lakk_planner: Any
    logistics_planner: Any
    supplier_planner: Any
    administrator: Any
    viewer: Any
    operator: Any
    partner: Any
    outsider: Any
    admin: Any
    # items of Nordwood, and the units
    table: Item
    top: Item
    leg: Item
    plank: Item
    pcs: UnitOfMeasure
    m: UnitOfMeasure


def build() -> Cast:
    """The cast in an empty database."""
    parties = _companies()
    places = _sites(parties)
    everything: dict[str, Any] = {**parties, **places, **_users(parties, places), **_items(parties["maker"])}
    return Cast(now=NOW, **everything)


@pytest.fixture
def morning(monkeypatch: pytest.MonkeyPatch) -> datetime:
    """The clock at the edge stands still at the cast's `now`: what is late or fresh is the same on any day."""
    monkeypatch.setattr("core.clock.now", lambda: NOW)
    return NOW


@pytest.fixture
def cast(db: None, morning: datetime) -> Cast:
    """The cast, in the test's own transaction."""
    return build()


@pytest.fixture
def committed_cast(transactional_db: None, morning: datetime) -> Cast:
    """The cast, committed: for tests with more than one connection."""
    restore_units()
    return build()


def restore_units() -> None:
    """The units that a flush between transactional tests has taken away."""
    for code, name, decimals in (("pcs", "pieces", 0), ("kg", "kilograms", 3), ("m", "meters", 3)):
        UnitOfMeasure.objects.get_or_create(code=code, defaults={"name": name, "decimals": decimals})


def _companies() -> dict[str, Company]:
    create = companies.create
    return {
        "maker": create(code="NORDWOOD", name="Nordwood", country="EE", is_own=True, actor=None),
        "lakk": create(code="LAKK", name="Lakk", country="LV", is_contract_manufacturer=True, actor=None),
        "logistics": create(code="HAFEN", name="Hafen", country="DE", is_logistics_provider=True, actor=None),
        "supplier": create(code="SAEVESKI", name="Saeveski", country="EE", is_supplier=True, actor=None),
        "far": create(code="FAR", name="Far", currency="USD", country="US", is_own=True, actor=None),
    }


def _sites(parties: dict[str, Company]) -> dict[str, Any]:
    maker, create = parties["maker"], site_service.create
    tll = create(
        code="TLL", name="Tallinn", company=maker, time_zone="Europe/Tallinn", country="EE", is_making=True, actor=None
    )
    chi = create(
        code="CHI", name="Chicago", company=maker, time_zone="America/Chicago", country="US", is_making=True, actor=None
    )
    rix = create(
        code="RIX",
        name="Riga",
        company=parties["lakk"],
        default_owner=maker,
        time_zone="Europe/Riga",
        country="LV",
        is_making=True,
        actor=None,
    )
    far_site = create(code="FAR", name="Far away", company=parties["far"], actor=None)
    lanes.create(company=maker, origin=tll, destination=chi, transit_days=14, actor=None)
    lanes.create(company=maker, origin=tll, destination=rix, transit_days=1, actor=None)
    lanes.create(company=maker, origin=rix, destination=tll, transit_days=1, actor=None)
    stock = {row.site_id: row for row in Location.objects.filter(is_default_receipt=True)}
    places = {"tll": tll, "chi": chi, "rix": rix, "far": far_site}
    return {
        "tll": tll,
        "chi": chi,
        "rix": rix,
        "far_site": far_site,
        **{f"{name}_stock": stock[site.pk] for name, site in places.items()},
    }


def _users(parties: dict[str, Company], places: dict[str, Any]) -> dict[str, Any]:
    belongs = {
        "planner": {"company": parties["maker"], "role": Role.PLANNER},
        "lakk_planner": {"company": parties["lakk"], "role": Role.PLANNER},
        "logistics_planner": {"company": parties["logistics"], "role": Role.PLANNER},
        "supplier_planner": {"company": parties["supplier"], "role": Role.PLANNER},
        "administrator": {"company": parties["maker"], "role": Role.ADMINISTRATOR},
        "viewer": {"company": parties["maker"], "role": Role.VIEWER},
        "operator": {"site": places["tll"], "role": Role.OPERATOR},
        "partner": {"site": places["rix"], "role": Role.PARTNER},
        "outsider": {"company": parties["far"], "role": Role.ADMINISTRATOR},
    }
    model = get_user_model()
    # No password: hashing one takes longer than all the rest, and tests force their login.
    users = {name: model(username=name, password="!") for name in belongs}
    users["admin"] = model(username="admin", password="!", is_staff=True, is_superuser=True)
    model.objects.bulk_create(users.values())
    for name, membership in belongs.items():
        memberships.grant(user=users[name], actor=None, **membership)
    return users


def _items(maker: Company) -> dict[str, Any]:
    units = {unit.code: unit for unit in UnitOfMeasure.objects.filter(code__in=["pcs", "m"])}
    pcs, m, create = units["pcs"], units["m"], items.create
    return {
        "table": create(sku="TABLE", name="Oak table", unit=pcs, company=maker, weight_kg=Decimal(30), actor=None),
        "top": create(sku="TOP", name="Table top", unit=pcs, company=maker, weight_kg=Decimal(18), actor=None),
        "leg": create(sku="LEG", name="Table leg", unit=pcs, company=maker, weight_kg=Decimal(3), actor=None),
        "plank": create(sku="PLANK", name="Oak plank", unit=m, company=maker, weight_kg=Decimal(4), actor=None),
        "pcs": pcs,
        "m": m,
    }
