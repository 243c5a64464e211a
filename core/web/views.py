"""Pages that belong to no app."""

from django.contrib.admin.views.decorators import staff_member_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from core.web import samples

PAGES = tuple(samples.SHEETS)


@staff_member_required
def styleguide(request: HttpRequest) -> HttpResponse:
    """Every component in every state, on invented figures; `?sheet=` names a sheet, `?figure=` one figure's drawer."""
    if "figure" in request.GET:
        return render(request, "styleguide/explain.html", samples.explain())
    page = request.GET.get("sheet", PAGES[0])
    if page not in PAGES:
        raise Http404
    tabs = [{"label": name.capitalize(), "url": f"?sheet={name}", "current": name == page} for name in PAGES]
    return render(request, f"styleguide/{page}.html", {"tabs": tabs, "sheet": page, **samples.SHEETS[page]()})
