"""Sites."""

from collections.abc import Sequence

from integrations.imports import resolving
from integrations.imports.framework.checking import Row
from integrations.imports.framework.fields import Field, boolean, checked, choice, decimal, text
from integrations.imports.framework.importer import Context, Importer, Outcome
from integrations.imports.outcomes import outcome_of, picked
from integrations.imports.resolving import Problems, one
from inventory.models import Location
from inventory.services import locations
from sites import rules
from sites.models import Calendar, Site
from sites.services.sites_many import put_many

_PLAIN = ("name", "kind", "street", "city", "postal_code", "country", "latitude", "longitude", "time_zone")
_FLAGS = ("is_selling", "is_making", "is_buying")


def _write(rows: Sequence[Row], context: Context) -> Outcome:
    problems = Problems()
    operators = resolving.companies(rows, context, problems)
    owners = resolving.companies(rows, context, problems, "default_owner")
    calendars = resolving.by_key(Calendar.objects.all(), "code", (row.get("calendar") for row in rows))
    wanted = []
    for row in rows:
        operator = one(operators, row, "company", context.company)
        if operator is None and "company" not in row:
            problems.add(row, "company", "Name the company that operates the site, or for all with --company CODE.")
        fields = picked(row, (*_PLAIN, *_FLAGS))
        if operator is not None:
            fields["company_id"] = operator.pk
        if owner := one(owners, row, "default_owner"):
            fields["default_owner_id"] = owner.pk
        if "calendar" in row:
            calendar = calendars.get(row["calendar"].lower())
            if calendar is None:
                problems.add(row, "calendar", "There is no calendar with this code.")
            else:
                fields["calendar_id"] = calendar.pk
        wanted.append((row["code"], fields))
    problems.stop()
    result = put_many(wanted, actor=context.actor)
    _name_first_locations(rows, result.created, context)
    return outcome_of(result)


def _name_first_locations(rows: Sequence[Row], created: Sequence[Site], context: Context) -> None:
    """Give the one location that a new site begins with the code that its row asks for."""
    codes = {row["code"].lower(): row["first_location"] for row in rows if "first_location" in row}
    for site in created:
        if code := codes.get(site.code.lower()):
            first = Location.objects.select_related("site").get(site=site, code=locations.FIRST_CODE)
            locations.edit(first, code=code, actor=context.actor)


IMPORTER = Importer(
    noun="sites",
    help="Places with stock or work.",
    key=("code",),
    write=_write,
    fields=(
        Field("code", checked(rules.check_site_code), is_required=True, aliases=("site", "site code")),
        Field("name", text(200), aliases=("site name",)),
        Field("company", checked(rules.check_code), aliases=("operator", "company code"), help="Who operates it."),
        Field("default_owner", checked(rules.check_code), aliases=("owner",), help="Whose stock comes in."),
        Field("kind", choice(Site.Kind.values), aliases=("type",)),
        Field("street", text(200), aliases=("address",)),
        Field("city", text(100), aliases=("town",)),
        Field("postal_code", text(20), aliases=("zip", "postcode", "zip code")),
        Field("country", checked(rules.check_country, 2), aliases=("country code",)),
        Field("latitude", decimal(smallest=-90, largest=90), aliases=("lat",)),
        Field("longitude", decimal(smallest=-180, largest=180), aliases=("lon", "lng", "long")),
        Field("time_zone", checked(rules.check_time_zone, 64), aliases=("timezone", "tz"), help="UTC if not given."),
        Field("calendar", text(32)),
        Field("is_selling", boolean, aliases=("sells", "selling")),
        Field("is_making", boolean, aliases=("makes", "making")),
        Field("is_buying", boolean, aliases=("buys", "buying")),
        Field("first_location", text(64), help="Code of the location that a new site begins with; STOCK if not given."),
    ),
)
