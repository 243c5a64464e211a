"""Filters and tags of every page; a builtin, so templates load nothing. docs/frontend.md shows them in use."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

from django import template
from django.http import HttpRequest, QueryDict
from django.template.context import RequestContext
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import ngettext

from core.middleware import PART_HEADERS
from core.ui import formats
from core.ui.balance_chart import BalanceChart
from core.ui.schematic import Schematic
from core.ui.states import State, state_of
from core.ui.stock_bar import scale_of, words
from core.ui.stock_bar import stock_bar as stock_bar_svg

register = template.Library()

# Headers by which our scripts ask for a page without its frame: a live refresh, a visit in place, the drawer.


# --- numbers, money, dates ---------------------------------------------------------------------------------------


@register.filter
def quantity(value: Decimal | int | float | None, decimals: int | str | None = None) -> str:
    """`{{ level.on_hand|quantity:unit.decimals }}`: 1,240, −35, "–" for None; trailing zeros go."""
    if value is None or value == "":
        return formats.NOTHING
    return formats.number(value, None if decimals in (None, "") else int(decimals))


@register.filter
def signed(value: Decimal | int | float | None, decimals: int | str | None = None) -> str:
    """`{{ move.change|signed }}`: +10, −4, 0."""
    if value is None or value == "":
        return formats.NOTHING
    return formats.number(value, None if decimals in (None, "") else int(decimals), signed=True)


@register.filter
def money(amount: Decimal | int | float | None, currency: str) -> str:
    """`{{ line.amount|money:"EUR" }}`: €1,284.60; `"EUR 0"` for whole units: €1,285."""
    if amount is None or amount == "":
        return formats.NOTHING
    code, _sep, decimals = str(currency).partition(" ")
    return formats.money(amount, code, int(decimals) if decimals else None)


@register.filter
def percent(value: Decimal | float | None, decimals: int = 0) -> str:
    """`{{ load|percent }}`: 0.92 becomes 92 %, with a thin space."""
    return (
        formats.NOTHING
        if value is None
        else f"{formats.number(Decimal(str(value)) * 100, decimals, keeps_zeros=True)}\u2009%"
    )


@register.filter
def day(value: date | datetime | None) -> str:
    """`{{ line.need_by_on|day }}`: 25 Nov, with the year only when it is not this year."""
    return formats.day(value) if value else formats.NOTHING


@register.filter
def weekday(value: date | datetime | None) -> str:
    """`{{ level.order_by_on|weekday }}`: Fri 27 Nov."""
    return formats.day(value, weekday=True) if value else formats.NOTHING


@register.filter
def time_in(moment: datetime | None, zone: str) -> str:
    """`{{ posting.posted_at|time_in:site.time_zone }}`: 23 Nov 06:32, on the site's clock."""
    return formats.day_and_time(moment, str(zone)) if moment else formats.NOTHING


@register.filter
def clock_in(moment: datetime | None, zone: str) -> str:
    """`{{ now|clock_in:site.time_zone }}`: 06:32, on the site's clock."""
    return f"{formats.in_zone(moment, str(zone)):%H:%M}" if moment else formats.NOTHING


@register.filter
def zone_city(zone: str) -> str:
    """`{{ site.time_zone|zone_city }}`: Chicago."""
    return formats.zone_city(str(zone))


# --- icons and states ---------------------------------------------------------------------------------------------


def icon_svg(name: str, css: str = "s") -> str:
    """The markup of an icon; for Python that builds cells."""
    return f'<svg class="i {css}" aria-hidden="true"><use href="#i-{name}"/></svg>'


@register.simple_tag
def icon(name: str, size: str = "", tone: str = "") -> SafeString:
    """`{% icon "truck" %}`; size "s" is 14 px, "" 16 px, "l" 20 px; always beside a word."""
    return format_html('<svg class="i {} {}" aria-hidden="true"><use href="#i-{}"/></svg>', size, tone, name)


def _words(state: State, text: object, days: int | None, on: date | None) -> str:
    if text not in (None, ""):
        return str(text)
    if days:
        late = ngettext("%(days)d day", "%(days)d days", days) % {"days": days}
        return f"{state.word}, {late}"
    comma = "," if state.tone == "late" else ""
    return f"{state.word}{comma} {formats.day(on)}" if on else str(state.word)


def state_html(key: object, text: object = None, *, days: int | None = None, on: date | None = None) -> str:
    """Icon, word and color of a state, as markup; for Python that builds cells."""
    state = state_of(key)
    words = conditional_escape(_words(state, text, days, on))
    return f'<span class="st {state.tone}">{icon_svg(state.icon)}{words}</span>'


@register.simple_tag
def state(key: object, text: object = None, days: int | None = None, on: date | None = None) -> SafeString:
    """A state in a row: `{% state order.availability %}`, `{% state "late" days=2 %}`, `{% state "expected" on=d %}`.

    `text` replaces the word. The icon, the word and the color always stand together.
    """
    return mark_safe(state_html(key, text, days=days, on=on))


@register.simple_tag
def state_tag(key: object, text: object = None, days: int | None = None, on: date | None = None) -> SafeString:
    """The filled form, once a page, beside the title: `{% state_tag "missing" "Missing 18 at CHI" %}`."""
    found = state_of(key)
    words = conditional_escape(_words(found, text, days, on))
    return mark_safe(f'<span class="tag {found.tone}">{icon_svg(found.icon)}{words}</span>')


@register.simple_tag
def state_mark(key: object) -> SafeString:
    """Icon and color alone, with the word for screen readers: only where a grid cell has no room."""
    found = state_of(key)
    return mark_safe(
        f'<span class="{found.tone}">{icon_svg(found.icon)}'
        f'<span class="sr">{conditional_escape(str(found.word))}</span></span>'
    )


@register.simple_tag
def stock_bar(level: object, width: int = 36, scale: Decimal | float = 0, label: bool = True) -> SafeString:
    """`{% stock_bar level %}`: any object with on_hand, committed, expected and safety_stock.

    `scale` from `core.ui.stock_bar.scale_of` lets the bars of a row share one scale.
    """
    figures = (level.on_hand, level.committed, level.expected, level.safety_stock)  # type: ignore[attr-defined]
    spoken = str(conditional_escape(words(figures))) if label else ""
    return mark_safe(stock_bar_svg(*figures, scale or scale_of([figures]), width, spoken))


@register.inclusion_tag("components/balance_chart.html")
def balance_chart(chart: BalanceChart, unit: str = "") -> dict:
    """`{% balance_chart chart unit="pcs" %}`: what `core.ui.balance_chart.layout` made, with its table below."""
    return {"chart": chart, "unit": unit}


@register.inclusion_tag("components/schematic.html")
def schematic(drawing: Schematic) -> dict:
    """`{% schematic drawing %}`: what `core.ui.schematic.layout` made."""
    return {"drawing": drawing}


# --- the URL holds the page's state -------------------------------------------------------------------------------


def _request(context: RequestContext) -> HttpRequest | None:
    return context.get("request")


# Where a page of a list begins: what narrows or sorts the list anew starts it again.
_PLACES = ("after", "before", "cursor", "page")


def url_with(query: QueryDict | None, **changes: object) -> str:
    """The page's query string with some values set, or removed by None; the page always starts again."""
    params = query.copy() if query is not None else QueryDict(mutable=True)
    for name in _PLACES:
        params.pop(name, None)
    for name, value in changes.items():
        if value is None or value == "":
            params.pop(name, None)
        elif isinstance(value, list | tuple):
            params.setlist(name, [str(v) for v in value])
        else:
            params[name] = str(value)
    return f"?{params.urlencode()}" if params else "?"


@register.simple_tag(takes_context=True)
def link_with(context: RequestContext, **changes: object) -> str:
    """`<a href="{% link_with sort='-rank' cursor=None %}">`: this page's address with changes."""
    request = _request(context)
    return url_with(request.GET if request else None, **changes)


@register.simple_tag(takes_context=True)
def filter_link(context: RequestContext, name: str, value: object) -> str:
    """This page's address with one filter set, or cleared by None; for names known only at run time."""
    request = _request(context)
    return url_with(request.GET if request else None, **{name: value})


@register.simple_tag(takes_context=True)
def th(
    context: RequestContext, label: str, sort: str = "", num: bool = False, default: str = "", css: str = ""
) -> SafeString:
    """A table head: `{% th "Needed" sort="need_by_on" num=True %}` sorts by `?sort=need_by_on`, again by `-need_by_on`.

    `default` is the list's own order ("rank" or "-rank"), so that its column is marked when the URL names none.
    """
    classes = " ".join(filter(None, ["num" if num else "", css]))
    cls = format_html(' class="{}"', classes) if classes else ""
    if not sort:
        return format_html('<th scope="col"{}>{}</th>', cls, label)
    request = _request(context)
    query = request.GET if request else None
    current = (query.get("sort") if query is not None else None) or default
    ascending, descending = current == sort, current == f"-{sort}"
    aria = ' aria-sort="ascending"' if ascending else ' aria-sort="descending"' if descending else ""
    return format_html(
        '<th scope="col"{}{}><a href="{}" data-swap>{}{}</a></th>',
        cls,
        mark_safe(aria),
        url_with(query, sort=f"-{sort}" if ascending else sort),
        label,
        mark_safe(icon_svg("dn" if descending else "up" if ascending else "sort", "s")),
    )


@register.simple_tag(takes_context=True)
def hidden_query(context: RequestContext, *names: str) -> SafeString:
    """Hidden fields for the page's query but for the named ones, so that a plain GET form keeps the rest."""
    request = _request(context)
    if request is None:
        return mark_safe("")
    skip = {*names, *_PLACES}
    pairs: Iterable[tuple[str, str]] = (
        (name, value) for name, values in request.GET.lists() if name not in skip for value in values
    )
    return mark_safe(
        "".join(format_html('<input type="hidden" name="{}" value="{}">', name, value) for name, value in pairs)
    )


# --- the frame ------------------------------------------------------------------------------------------------------


@register.simple_tag(takes_context=True)
def is_part(context: RequestContext) -> bool:
    """True when a script asks for a part of the page; document.html and base.html then leave their frame out."""
    request = _request(context)
    return request is not None and not request.headers.keys().isdisjoint(PART_HEADERS)


@register.simple_tag(takes_context=True)
def is_background(context: RequestContext) -> bool:
    """True for a live refresh, which must not take the toasts that another tab waits for."""
    request = _request(context)
    return request is not None and "X-Live" in request.headers


@register.simple_tag(takes_context=True)
def preference(context: RequestContext, name: str, default: str) -> str:
    """A display choice kept in a cookie: theme (light, dark, system) and density (comfortable, compact)."""
    allowed = {"theme": ("light", "dark", "system"), "density": ("comfortable", "compact")}[name]
    request = _request(context)
    chosen = request.COOKIES.get(name) if request else None
    return chosen if chosen in allowed else default


@register.filter
def value_of(values: dict, name: str) -> object:
    """`{{ row.said|value_of:name }}`: a dict's value by a name that only the template knows; empty without one."""
    return values.get(name, "")


@register.filter
def lines_of(value: str) -> list[str]:
    """The lines of a text, for lists of reasons."""
    return str(value).splitlines()


# --- forms ------------------------------------------------------------------------------------------------------------


@register.simple_tag
def widget(field: object, css: str = "") -> SafeString:
    """A bound field's control, tied to its help and error for screen readers."""
    described = [f"{field.auto_id}-help"] if field.help_text else []  # type: ignore[attr-defined]
    attrs = dict(field.field.widget.attrs)  # type: ignore[attr-defined]
    if css:
        attrs["class"] = f"{attrs.get('class', '')} {css}".strip()
    if field.errors:  # type: ignore[attr-defined]
        attrs["aria-invalid"] = "true"
        described.append(f"{field.auto_id}-error")  # type: ignore[attr-defined]
    if described:
        attrs["aria-describedby"] = " ".join(described)
    return field.as_widget(attrs=attrs)  # type: ignore[attr-defined]


@register.filter
def kind_of(field: object) -> str:
    """The input type of a bound field: text, checkbox, select, textarea…"""
    control = field.field.widget  # type: ignore[attr-defined]
    return getattr(control, "input_type", None) or type(control).__name__.lower()
