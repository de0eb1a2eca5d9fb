"""Settings of the service. Everything that differs between councils comes from the home folder and two addresses."""

from __future__ import annotations

import datetime
import os
from pathlib import Path

import dj_database_url
from csp.constants import NONCE, NONE, SELF

from kinfold.web import home as home_folder

PACKAGE = Path(__file__).resolve().parent.parent
HOME = Path(os.environ.get("KINFOLD_HOME", "home")).resolve()
AREA_FOLDER = home_folder.area_folder(HOME)

_key = home_folder.key_bytes(HOME)
SECRET_KEY = home_folder.derive(_key, "service").hex()
AUDIT_KEY = home_folder.derive(_key, "audit")
AUDIT_ANCHORS = HOME / "audit-anchors.jsonl"  # apart from the database, so that a shortened trail shows

DEBUG = False
# Of all files that somebody uploads at once; larger ones are loaded at the command line or come by the API.
UPLOAD_MOST_MB = int(os.environ.get("KINFOLD_UPLOAD_MB", "2048"))
ALLOWED_HOSTS = os.environ.get("KINFOLD_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
# A council serves over TLS; the demonstration on this machine has none, and a secure cookie would be lost.
IS_BEHIND_TLS = os.environ.get("KINFOLD_TLS", "") == "on"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "axes",
    "django_tasks",
    "django_tasks_db",
    "kinfold.governance",
    "kinfold.governance.rules",
    "kinfold.record",
    "kinfold.worklists",
    "kinfold.workbench.deliveries",
    "kinfold.workbench.mappings",
    "kinfold.workbench.matches",
    "kinfold.workbench.quality",
    "kinfold.workbench.proof",
    "kinfold.workbench.rules",
    "kinfold.workbench.explain",
    "kinfold.workbench.study",
    "kinfold.workbench.api",
    "kinfold.web",
]

MIDDLEWARE = [
    "kinfold.web.middleware.HeadHasNoBody",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "kinfold.web.middleware.NeverStored",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "kinfold.web.middleware.SignedInForAWhile",
    "kinfold.web.middleware.SignInAsWholePage",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "kinfold.governance.middleware.RoleInUse",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
    "kinfold.web.middleware.SaysWhereItBroke",
]

ROOT_URLCONF = "kinfold.web.urls"
WSGI_APPLICATION = "kinfold.web.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "OPTIONS": {
            "environment": "kinfold.web.jinja.environment",
            "context_processors": ["django.contrib.messages.context_processors.messages", "kinfold.web.context.shell"],
        },
    }
]


def _database() -> dict[str, object]:
    """
    PostgreSQL by DATABASE_URL, else one SQLite file in the home folder.

    SQLite takes its write lock when a transaction begins: one that read first and wrote later would be refused.
    """
    if url := os.environ.get("DATABASE_URL"):
        return dict(dj_database_url.parse(url, conn_max_age=600, conn_health_checks=True))
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": HOME / "service.sqlite3",
        "OPTIONS": {
            "timeout": 20,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
        },
    }


DATABASES = {"default": _database()}

# Long work behind a page: the queue is in the service database, `kinfold serve` runs the worker.
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

# People and sign-in
AUTH_USER_MODEL = "governance.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "kinfold.governance.sign_in.PeopleWithRoles"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "governance:sign_in"
LOGIN_REDIRECT_URL = "web:home"
LOGOUT_REDIRECT_URL = "governance:signed_out"

AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = datetime.timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = ["username"]  # an office shares one address: locking that would lock a team out
AXES_USERNAME_CALLABLE = "kinfold.governance.sign_in.counted_name"
AXES_LOCKOUT_CALLABLE = "kinfold.governance.views.locked_out"
AXES_RESET_ON_SUCCESS = True
AXES_DISABLE_ACCESS_LOG = True  # our own audit chain records sign-ins
AXES_VERBOSE = False
AXES_SENSITIVE_PARAMETERS = ["username", "password", "csrfmiddlewaretoken", "next"]

# In the session and not in a cookie, where what was said to one person waits for whoever signs in next at that desk.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

SESSION_IDLE = datetime.timedelta(minutes=15)
SESSION_LONGEST = datetime.timedelta(hours=8)
SESSION_COOKIE_AGE = int(SESSION_LONGEST.total_seconds())
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = IS_BEHIND_TLS
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SECURE = IS_BEHIND_TLS
CSRF_FAILURE_VIEW = "kinfold.web.views.form_expired"

# What a browser is told
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = IS_BEHIND_TLS
SECURE_HSTS_SECONDS = 31_536_000 if IS_BEHIND_TLS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if IS_BEHIND_TLS else None
X_FRAME_OPTIONS = "DENY"
# The hash is that of the one inline script in GOV.UK's page template: with a nonce there, no two answers would be
# the same bytes, and the 404 of a child who is not there must be.
GOVUK_SCRIPT_HASH = "'sha256-GUQ5ad8JK5KmEWmROf3LZd9ge94daqNvd8xy9YS1iDw='"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE, GOVUK_SCRIPT_HASH],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

# Language, time
LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
USE_TZ = True
USE_I18N = False

# Styles and scripts: vendored and collected by tools/vendor.py
STATIC_URL = "/static/"
STATICFILES_DIRS = [PACKAGE / "web" / "static", PACKAGE / "web" / "vendored" / "static"]
STATIC_ROOT = PACKAGE / "web" / "vendored" / "collected"
STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
SILENCED_SYSTEM_CHECKS = [
    "security.W004",  # TLS: set by KINFOLD_TLS
    "security.W008",
    "security.W012",
    "security.W016",
    "axes.W006",  # the user name alone is counted, so changing address or cookie does not get round it
]

# No log line carries a name, an identifier or a cell's value: paths hold person ids, so requests are not logged.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "django.request": {"level": "CRITICAL"},
        "django.security": {"level": "CRITICAL"},
        "kinfold": {"level": "INFO"},
    },
}
