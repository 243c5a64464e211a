"""Numbers, money and days as people read them, in their language."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.utils import translation

from core.templatetags import mfg
from core.ui import formats
from core.ui.states import STATES, state_of


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (Decimal("1284600"), None, "1,284,600"),
        (Decimal("-35"), 0, "−35"),
        (Decimal("2.5000"), None, "2.5"),
        (Decimal("2.5"), 0, "3"),
        (Decimal("-2.5"), 0, "−3"),
        (Decimal("-0.4"), 0, "0"),
        (Decimal("100"), None, "100"),
        (Decimal("1E+3"), None, "1,000"),
        (Decimal("67.5"), 3, "67.5"),
        (None, None, "–"),
        (0, None, "0"),
    ],
)
def test_quantities(value, decimals, text):
    assert mfg.quantity(value, decimals) == text


def test_signed_changes():
    assert [mfg.signed(n) for n in (10, -4, 0)] == ["+10", "−4", "0"]


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        (Decimal("1284.6"), "EUR", "€1,284.60"),
        (Decimal("-40"), "EUR", "−€40.00"),
        (Decimal("1284.6"), "USD 0", "$1,285"),
        (Decimal("5000"), "JPY", "¥5,000"),
        (Decimal("12"), "CHF", "CHF\u00a012.00"),
        (None, "EUR", "–"),
    ],
)
def test_money(amount, currency, text):
    assert mfg.money(amount, currency) == text


def test_numbers_and_money_by_language():
    with translation.override("de"):
        assert formats.number(Decimal("1284.5")) == "1.284,5"
        assert formats.money(Decimal("1284.6"), "EUR") == "1.284,60\u00a0€"


def test_the_year_shows_only_when_it_is_another():
    today = date(2026, 11, 23)

    assert formats.day(date(2026, 11, 25), today=today) == "25 Nov"
    assert formats.day(date(2027, 1, 4), today=today) == "4 Jan 2027"
    assert formats.day(date(2026, 11, 27), today=today, weekday=True) == "Fri 27 Nov"


def test_times_are_told_by_the_clock_of_the_place():
    moment = datetime(2026, 11, 23, 12, 32, tzinfo=UTC)

    assert formats.day_and_time(moment, "America/Chicago", today=date(2026, 11, 23)) == "23 Nov 06:32"
    assert mfg.clock_in(moment, "Europe/Tallinn") == "14:32"
    assert formats.zone_city("America/New_York") == "New York"


def test_a_state_is_icon_word_and_color():
    assert mfg.state_html("IN_STOCK") == (
        '<span class="st ok"><svg class="i s" aria-hidden="true"><use href="#i-ok"/></svg>In stock</span>'
    )
    assert "Late, 2 days" in mfg.state_html("late", days=2)
    assert "Late, 1 day<" in mfg.state_html("late", days=1)
    assert "&lt;b&gt;" in mfg.state_html("blocked", "<b>")


def test_an_unknown_state_is_shown_in_words():
    assert (state_of("ON_HOLIDAY").word, state_of(None).word) == ("On holiday", "–")


def test_every_state_has_an_icon_of_the_sprite(settings):
    sprite = (settings.BASE_DIR / "templates/components/sprite.html").read_text()

    assert [key for key, state in STATES.items() if f'id="i-{state.icon}"' not in sprite] == []
