"""Why an order of the ranked list waits, in a few words: the quantities are those of the allocation."""

from collections.abc import Sequence
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.ui.formats import day, number
from inventory.choices import Availability
from inventory.selectors.reasons import Reason, Source, worst
from production.selectors.ranked import Ranked, is_sales

MOST_SUPPLIES = 2


def why(row: Ranked, lines: Sequence[Reason]) -> str:
    """What the order waits for, or is short of, and who took it before; nothing for what is in stock in time."""
    line = worst(lines)
    if line is None or (line.availability == Availability.IN_STOCK and line.late_days <= 0):
        return ""
    words = _short(line) if line.short_quantity > 0 else _waits(line, row.today)
    return f"{line.sku}: {words}" if words and (len(lines) > 1 or not is_sales(row)) else words


def _short(line: Reason) -> str:
    """ "3 short: SO-1051 took 5, SO-1058 took 4"."""
    text = _("%(amount)s short") % {"amount": number(line.short_quantity, line.decimals)}
    took = [
        _("%(number)s took %(amount)s") % {"number": one.number, "amount": number(one.quantity, line.decimals)}
        for one in line.takers
    ]
    return f"{text}: {', '.join(took)}" if took else text


def _waits(line: Reason, today: date) -> str:
    """ "takes 10 of TR-0219", "17 on hand, 43 of TR-0218", "7 of TR-0219, 3 of MO-0388, after SO-1051 took 5"."""
    supplies = [source for source in line.sources if source.number]
    if not supplies:
        return ""
    overdue = [source for source in supplies if source.due_on and source.due_on < today]
    if overdue:
        return _overdue(overdue[-1], line.decimals)
    only = {"amount": number(supplies[0].quantity, line.decimals), "number": supplies[0].number}
    if line.late_days > 0 and line.takers:
        taker = line.takers[0]
        return _("%(parts)s, after %(taker)s took %(amount)s") % {
            "parts": _parts(line, supplies),
            "taker": taker.number,
            "amount": number(taker.quantity, line.decimals),
        }
    if line.late_days > 0 and len(supplies) == 1:
        return _("%(amount)s wait for %(number)s") % only
    if len(line.sources) == 1:
        return _("takes %(amount)s of %(number)s") % only
    return _parts(line, supplies)


def _overdue(source: Source, decimals: int) -> str:
    return _("%(amount)s wait for %(number)s, overdue since %(day)s") % {
        "amount": number(source.quantity, decimals),
        "number": source.number,
        "day": day(source.due_on) if source.due_on else "–",
    }


def _parts(line: Reason, supplies: Sequence[Source]) -> str:
    """What serves it, each with its own quantity; of more than two supplies the last to come, which decides."""
    more = len(supplies) - 1
    if more < MOST_SUPPLIES:
        return ", ".join(_part(source, line.decimals) for source in line.sources)
    return ngettext("%(part)s and %(more)s more supply", "%(part)s and %(more)s more supplies", more) % {
        "part": _part(supplies[-1], line.decimals),
        "more": more,
    }


def _part(source: Source, decimals: int) -> str:
    amount = number(source.quantity, decimals)
    if not source.number:
        return _("%(amount)s on hand") % {"amount": amount}
    return _("%(amount)s of %(number)s") % {"amount": amount, "number": source.number}
