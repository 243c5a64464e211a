"""The WSGI entry point, for the pages and the API."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mfg.settings")
# The web waits for no lock longer than its limits, which the settings put on each of its connections.
os.environ.setdefault("MFG_ROLE", "web")

application = get_wsgi_application()
