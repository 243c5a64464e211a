"""The page of dead letters, for staff."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from core import selectors
from core.services import dead_letters as service
from core.web.numbers import whole

PAGE_SIZE = 50


@login_required
def dead_letters_list(request: HttpRequest) -> HttpResponse:
    """The newest first; `?before=` goes on to the older ones."""
    _require_staff(request)
    letters = selectors.dead_letters(before_id=whole(request.GET.get("before")), limit=PAGE_SIZE + 1)
    total = service.count()
    return render(
        request,
        "core/dead_letters_list.html",
        {"page": _page(letters, total), "letters": letters[:PAGE_SIZE], "total": total},
    )


@login_required
@require_POST
def dead_letters_retry(request: HttpRequest) -> HttpResponse:
    """Retry the selected ones, or with `all=1` all of them."""
    _require_staff(request)
    chosen = [number for text in request.POST.getlist("selected") if (number := whole(text)) is not None]
    count = service.retry(None if request.POST.get("all") == "1" else chosen)
    if count:
        said = ngettext("%(count)s letter is tried again.", "%(count)s letters are tried again.", count)
        messages.success(request, said % {"count": count})
    else:
        messages.info(request, _("Nothing was selected, or somebody else has retried it."))
    return redirect("dead-letters")


def _require_staff(request: HttpRequest) -> None:
    if not request.user.is_staff:
        raise PermissionDenied


def _page(letters: list[selectors.DeadLetter], total: int) -> dict[str, Any]:
    has_more = len(letters) > PAGE_SIZE
    following = f"?before={letters[PAGE_SIZE - 1].id}" if has_more else ""
    return {"shown": min(len(letters), PAGE_SIZE), "total": total, "previous_url": "", "next_url": following}
