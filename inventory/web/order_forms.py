"""What the forms of sales and purchase orders share: sites to choose, lines read as drafts name them, stale forms."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any, TypeVar

from django import forms
from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _

from core.errors import InvalidInput, StaleVersion
from core.quantities import to_decimal
from core.web.rows import FormRow, FormRows, typed
from inventory.models import Item, UnitOfMeasure
from inventory.selectors.typed import items_by_sku
from sites.access import PLANNERS, Access
from sites.models import Site
from sites.web import reader

SomeForm = TypeVar("SomeForm", bound=forms.Form)


def planned_sites(request: HttpRequest, access: Access) -> list[Site]:
    """The sites for whose owner he plans.

    :raises Http404: when there are none.
    """
    his = [
        site
        for site in reader.of(request).sites
        if access.has_role(PLANNERS, company_id=site.default_owner_id, site_id=site.pk)
    ]
    if not his:
        raise Http404("You plan for nobody.")
    return his


def offer_sites(form: forms.Form, sites: Sequence[Site]) -> None:
    """Let a form's `site` choose among these; of one there is nothing to choose."""
    field: Any = form.fields["site"]
    field.choices = [(site.code, f"{site.code} {site.name}") for site in sites]
    if len(sites) == 1:
        field.widget = forms.HiddenInput()
        field.initial = sites[0].code


def units() -> list[UnitOfMeasure]:
    """The units that a line may name."""
    return list(UnitOfMeasure.objects.filter(archived_at=None).order_by("code", "pk"))


def tell_items(rows: FormRows, access: Access) -> None:
    """Put each line's item beside it, for its name and unit."""
    known = items_by_sku((row.text("item") for row in rows.rows), access)
    for row in rows.rows:
        row.about = known.get(row.text("item").lower())


def line_values(
    rows: FormRows, access: Access, *, dates: Collection[str], numbers: Collection[str] = (), is_buying: bool = False
) -> list[dict[str, Any]]:
    """What each line says, as the drafts name it; what was left empty is left out.

    `numbers` are fields that the service takes as decimals. When buying, a unit that is none of ours may be the
    supplier's own, and goes on as `unit_label`.

    :raises InvalidInput: naming each item, unit, number and date that is not one.
    """
    reading = _Reading(
        items_by_sku((row.text("item") for row in rows.rows), access),
        {unit.code.lower(): unit for unit in units()},
        dates,
        numbers,
        is_buying,
    )
    values = [reading.line(row, f"lines.{place}") for place, row in enumerate(rows.rows)]
    if reading.errors:
        raise InvalidInput(errors=reading.errors)
    return values


class _Reading:
    """Reads lines and gathers what is wrong with them."""

    def __init__(
        self,
        items: Mapping[str, Item],
        units: Mapping[str, UnitOfMeasure],
        dates: Collection[str],
        numbers: Collection[str],
        is_buying: bool,
    ) -> None:
        self.items, self.units, self.dates, self.numbers, self.is_buying = items, units, dates, numbers, is_buying
        self.errors: dict[str, str] = {}

    def line(self, row: FormRow, field: str) -> dict[str, Any]:
        values: dict[str, Any] = {"quantity": typed(row.text("quantity"))}
        values |= self._item(row, field) | self._unit(row, field)
        if row.text("unit_price"):
            values["unit_price"] = typed(row.text("unit_price"))
        for name in [*self.dates, *self.numbers]:
            if row.text(name):
                values |= self._checked(name, row.text(name), f"{field}.{name}")
        return values

    def _item(self, row: FormRow, field: str) -> dict[str, Any]:
        item = self.items.get(row.text("item").lower())
        if item is None:
            self.errors[f"{field}.item"] = _("There is no item “%(sku)s”.") % {"sku": row.text("item")}
            return {}
        return {"item_id": item.pk}

    def _unit(self, row: FormRow, field: str) -> dict[str, Any]:
        text = row.text("unit")
        if not text:
            return {}
        if unit := self.units.get(text.lower()):
            return {"unit_id": unit.pk}
        if self.is_buying:
            return {"unit_label": text}
        self.errors[f"{field}.unit"] = _("There is no unit “%(code)s”.") % {"code": text}
        return {}

    def _checked(self, name: str, text: str, field: str) -> dict[str, Any]:
        try:
            return {name: day(text, field) if name in self.dates else to_decimal(typed(text), field=field)}
        except InvalidInput as error:
            self.errors |= error.errors
            return {}


def day(text: str, field: str) -> date:
    """A date as forms send it.

    :raises InvalidInput: naming the field.
    """
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidInput(errors={field: _("“%(text)s” is not a date.") % {"text": text}}) from None


def is_same(text: object, value: object) -> bool:
    """Whether two texts mean the same number."""
    try:
        return to_decimal(typed(str(text)), field="") == to_decimal(typed(str(value)), field="")
    except InvalidInput:
        return str(text) == str(value)


def changed_head(form: forms.Form, current: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a valid form that differ from what stands, without its version."""
    said = {name: value for name, value in form.cleaned_data.items() if name != "version"}
    return {name: value for name, value in said.items() if value != current[name]}


def stale(form: SomeForm, current: Mapping[str, Any], error: StaleVersion) -> SomeForm:
    """The form as typed, each field that differs saying what stands now; sending it again overwrites."""
    data: Any = form.data
    again = type(form)({**data.dict(), "version": current["version"]})
    again.is_valid()
    again.add_error(None, error.message)
    for name in again.fields:
        if name != "version" and again.cleaned_data.get(name) != current[name]:
            again.add_error(name, _("Now: %(value)s") % {"value": current[name] or "–"})
    return again
