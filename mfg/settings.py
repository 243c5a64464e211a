"""Settings of the mfg project; everything that differs between places comes from the environment."""

import os
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from launcher.paths import default_database_url, default_redis_url, secret_key

BASE_DIR = Path(__file__).resolve().parent.parent


def _flag(name: str, default: bool = False) -> bool:
    return os.environ.get(name, str(int(default))).strip().lower() in {"1", "true", "yes", "on"}


def _words(name: str, default: str = "") -> list[str]:
    return [word.strip() for word in os.environ.get(name, default).split(",") if word.strip()]


def _database(url: str) -> dict:
    """Django's database entry for a ``postgresql://`` URL; ``?host=`` names a socket folder."""
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "mfg",
        "USER": unquote(parts.username or "postgres"),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", parts.hostname or ""),
        "PORT": str(query.pop("port", parts.port or "")),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        # On behind a pooler in transaction mode: the cursor of an export lives in one session.
        "DISABLE_SERVER_SIDE_CURSORS": _flag("DISABLE_SERVER_SIDE_CURSORS"),
        "OPTIONS": query,
    }


DEBUG = _flag("MFG_DEBUG")
SECRET_KEY = os.environ.get("SECRET_KEY") or secret_key()
ALLOWED_HOSTS = _words("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = _words("CSRF_TRUSTED_ORIGINS")

INSTALLED_APPS = [
    "unfold",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_vite",
    "django_cotton.apps.SimpleAppConfig",
    "csp",
    "axes",
    "core",
    "sites",
    "inventory",
    "sales",
    "purchasing",
    "fulfillment",
    "production",
    "quality",
    "floor",
    "planning",
    "analytics",
    "integrations",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "mfg.compression.CompressionMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "core.middleware.ContentPolicyMiddleware",
    "core.middleware.PartsMiddleware",
    "core.middleware.RequestLimitsMiddleware",
    "core.middleware.PlainTextMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "mfg.urls"
ASGI_APPLICATION = "mfg.asgi.application"
WSGI_APPLICATION = "mfg.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "sites.web.context.frame",
            ],
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django_cotton.cotton_loader.Loader",
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "builtins": ["django_cotton.templatetags.cotton", "core.templatetags.mfg"],
        },
    }
]
COTTON_DIR = "components"

# A web request that waits longer than this for a lock or a statement answers 503 `busy`. Set when the connection
# opens, so that it costs no round trip; workers and commands may take their time.
WEB_LOCK_TIMEOUT_MS = 3000
WEB_STATEMENT_TIMEOUT_MS = 5000

# A generic plan serves every call of a prepared statement: array parameters would make Postgres plan anew each time.
# It must reach rows by their keys, so a page costs what it does in memory or on an SSD; compiling pays for none.
_session = {"plan_cache_mode": "force_generic_plan", "random_page_cost": 1.1, "jit": "off"}
if os.environ.get("MFG_ROLE") == "web":
    _session |= {"lock_timeout": WEB_LOCK_TIMEOUT_MS, "statement_timeout": WEB_STATEMENT_TIMEOUT_MS}

DATABASES = {"default": _database(os.environ.get("DATABASE_URL") or default_database_url())}
_options = DATABASES["default"]["OPTIONS"]
# What the address itself says comes last and wins.
_options["options"] = " ".join(
    [*(f"-c {name}={value}" for name, value in _session.items()), _options.get("options", "")]
).strip()
# Off behind a pooler in transaction mode, see core.prepared.
PREPARE_STATEMENTS = _flag("MFG_PREPARE", True)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
REDIS_URL = os.environ.get("REDIS_URL") or default_redis_url()

AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "/login/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/login/"
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_HANDLER = "axes.handlers.database.AxesDatabaseHandler"

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = Path(os.environ.get("STATIC_ROOT", BASE_DIR / "static"))
# What people bring in. No address leads here: views serve it, each to those who may see its owner.
MEDIA_ROOT = Path(os.environ.get("MEDIA_ROOT", BASE_DIR / "media"))
STATICFILES_DIRS = [("app", BASE_DIR / "frontend" / "dist")]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"},
}
# Vite names these files by their content.
WHITENOISE_IMMUTABLE_FILE_TEST = r"^/static/app/assets/"
DJANGO_VITE = {
    "default": {
        "dev_mode": False,
        "static_url_prefix": "app",
        "manifest_path": BASE_DIR / "frontend" / "dist" / "manifest.json",
    }
}

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "integrations.api.authentication.ApiKeyAuthentication",
        "core.api.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["core.api.permissions.HasAccess"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_PAGINATION_CLASS": "core.api.pagination.KeysetPagination",
    "DEFAULT_FILTER_BACKENDS": [
        "core.api.filters.StrictFilterBackend",
        "core.api.filters.StrictOrdering",
        "core.api.filters.UpdatedAfter",
    ],
    "DEFAULT_SCHEMA_CLASS": "core.api.schema.MfgSchema",
    "EXCEPTION_HANDLER": "core.api.problems.exception_handler",
    "COERCE_DECIMAL_TO_STRING": True,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "mfg API",
    "DESCRIPTION": "Live stock, orders and making over every site.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    # Fields of the same name with different words.
    "ENUM_NAME_OVERRIDES": {
        "BillKindEnum": "production.choices.BillKind",
        "BillLineKindEnum": "production.choices.BillLineKind",
        "CharacteristicKindEnum": "quality.choices.CharacteristicKind",
        "TraceNodeKindEnum": "inventory.api.trace_serializers.NODE_KINDS",
        "ReasonKindEnum": "production.choices.ReasonKind",
        "OrderKindEnum": "production.choices.OrderKind",
        "TaskEventKindEnum": "production.choices.TaskEventKind",
        "LocationKindEnum": "inventory.choices.LocationKind",
        "ManufacturingOrderStateEnum": "production.choices.ManufacturingOrderState",
        "SiteKindEnum": "sites.models.Site.Kind",
    },
    "GET_LIB_DOC_EXCLUDES": "core.api.schema.lib_doc_excludes",
}

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "connect-src": ["'self'"],
        "object-src": ["'none'"],
        "base-uri": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    },
}
# What differs below /admin/: its library works out the expressions in its markup, and sets styles inline.
ADMIN_CONTENT_POLICY = {"script-src": ["'self'", "'unsafe-eval'"], "style-src": ["'self'", "'unsafe-inline'"]}
X_FRAME_OPTIONS = "DENY"
# A form of an order has up to `core.web.rows.MOST_ROWS` lines, and a line up to a dozen fields.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 15_000
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
if _flag("MFG_HTTPS"):
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 31536000

UNFOLD = {
    "SITE_TITLE": "mfg",
    "SITE_HEADER": "mfg",
    "SITE_URL": "/",
    # None, and no request for one.
    "SITE_FAVICONS": [{"rel": "icon", "href": lambda request: "data:,"}],
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": os.environ.get("MFG_LOG_LEVEL", "WARNING")},
}
