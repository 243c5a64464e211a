"""The tablet's page, what its service worker keeps, and enrolling; the page is the same for all."""

import json
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from core import clock
from core.errors import DomainError
from core.web.refusals import refuse
from floor.services import devices
from floor.web.device import COOKIE, keep_token

ENTRY, WORKER = "src/floor/floor.js", "src/floor/worker.js"
ICONS = (
    ("icon.svg", "any", "image/svg+xml"),
    ("icon-192.png", "192x192", "image/png"),
    ("icon-512.png", "512x512", "image/png"),
)


class EnrollForm(forms.Form):
    """The one-time code."""

    code = forms.CharField(label=gettext_lazy("Code"), max_length=40)


@require_GET
def shell(request: HttpRequest) -> HttpResponse:
    """`GET /floor/`: the page; a browser without a device's token is asked for its code."""
    if COOKIE not in request.COOKIES:
        return redirect("/floor/enroll/")
    response = render(request, "floor/shell.html")
    response["Cache-Control"] = "no-cache"
    return response


@never_cache
@require_http_methods(["GET", "POST"])
def enroll(request: HttpRequest) -> HttpResponse:
    """`/floor/enroll/`: type the code once; `?code=` of a QR code fills it in."""
    form = EnrollForm(request.POST or None, initial={"code": request.GET.get("code", "")[:40]})
    if request.method == "POST" and form.is_valid():
        try:
            _, token = devices.enroll(
                form.cleaned_data["code"], address=request.META.get("REMOTE_ADDR", ""), now=clock.now()
            )
        except DomainError as error:
            refuse(form, error)
        else:
            response = redirect("/floor/")
            keep_token(response, token)
            return response
    return render(request, "floor/enroll.html", {"form": form}, status=422 if form.errors else 200)


@require_GET
def worker(request: HttpRequest) -> HttpResponse:
    """`GET /floor/worker.js`: the service worker, with the addresses that it keeps."""
    response = HttpResponse(_worker(), content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    return response


@require_GET
def manifest(request: HttpRequest) -> HttpResponse:
    """`GET /floor/manifest.webmanifest`: what makes it an app on the tablet."""
    icons = [{"src": static(f"floor/{name}"), "sizes": sizes, "type": kind} for name, sizes, kind in ICONS]
    data: dict[str, Any] = {
        "id": "/floor/",
        "name": _("mfg shop floor"),
        "short_name": _("Shop floor"),
        "start_url": "/floor/",
        "scope": "/floor/",
        "display": "standalone",
        "background_color": "#0f1318",
        "theme_color": "#0f1318",
        "icons": icons,
    }
    response = JsonResponse(data, content_type="application/manifest+json")
    response["Cache-Control"] = "max-age=3600"
    return response


@cache
def _worker() -> str:
    dist = Path(str(settings.DJANGO_VITE["default"]["manifest_path"])).parent
    built = json.loads((dist / "manifest.json").read_text())
    entry = built[ENTRY]
    files = [entry["file"], *entry.get("css", []), *entry.get("assets", [])]
    kept = ["/floor/", "/floor/manifest.webmanifest", *(static(f"app/{name}") for name in files)]
    kept += [static(f"floor/{name}") for name, _sizes, _kind in ICONS[:1]]
    code = (dist / built[WORKER]["file"]).read_text()
    page = (Path(settings.BASE_DIR) / "templates" / "floor" / "shell.html").read_bytes()
    version = sha256(json.dumps(kept).encode() + code.encode() + page).hexdigest()[:12]
    return f"self.KEPT = {json.dumps(kept)};\nself.VERSION = {json.dumps(version)};\n{code}"
