"""Settings of every installation; what differs comes from NASTAVNIK_… variables (docs/settings.md)."""

import os
import secrets
from pathlib import Path
from urllib.parse import urlsplit

import bootstrap_wrapper
import django_stubs_ext
from django.core.management.utils import get_random_secret_key

from nastavnik.config import databases, logs

django_stubs_ext.monkeypatch()

PACKAGE = Path(__file__).resolve().parent.parent
DATA = Path(os.environ.get("NASTAVNIK_DATA", PACKAGE.parent.parent / ".data")).resolve()


def _secret_key() -> str:
    """Return the key of this installation, made at the first start and kept beside the data."""
    if key := os.environ.get("NASTAVNIK_SECRET_KEY"):
        return key
    path = DATA / "secret-key"
    # empty: the power went before what was written had reached the disk
    if not path.exists() or not path.stat().st_size:
        DATA.mkdir(parents=True, exist_ok=True)
        fresh = DATA / f"secret-key.{secrets.token_hex(4)}"
        fresh.touch(mode=0o600)
        with fresh.open("w") as stream:
            stream.write(get_random_secret_key())
            stream.flush()
            os.fsync(stream.fileno())
        fresh.rename(path)
    return path.read_text().strip()


SECRET_KEY = _secret_key()
DEBUG = False

# Where phones open the site. With https:// everything that travels is told to insist on it.
PUBLIC_URL = os.environ.get("NASTAVNIK_PUBLIC_URL", "").rstrip("/")
LOCAL_URL = os.environ.get("NASTAVNIK_LOCAL_URL", "http://127.0.0.1:8000")
# Whether others than this computer can open the site: an empty one then asks for the code of the console.
_host = os.environ.get("NASTAVNIK_HOST") or os.environ.get("NASTAVNIK_BIND", "").rpartition(":")[0]
IS_REACHABLE = bool(PUBLIC_URL) or _host.strip("[]") not in {"", "127.0.0.1", "localhost", "::1"}
HTTPS = PUBLIC_URL.startswith("https://")
ALLOWED_HOSTS = os.environ.get("NASTAVNIK_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
if public_host := urlsplit(PUBLIC_URL).hostname:
    ALLOWED_HOSTS.append(public_host)
    CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^health$"]
SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365 if HTTPS else 0
SILENCED_SYSTEM_CHECKS = [
    "security.W005",  # a school's other sites share the domain: not ours to force
    "security.W021",  # nor to put on browsers' preload list
]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.forms",
    "whitenoise.runserver_nostatic",
    "nastavnik.config.static.StaticFiles",
    "csp",
    "nastavnik.core",
    "nastavnik.files",
    "nastavnik.jobs",
    "nastavnik.organisations",
    "nastavnik.people",
    "nastavnik.documents",
    "nastavnik.blanks",
    "nastavnik.consents",
    "nastavnik.programmes",
    "nastavnik.training",
    "nastavnik.events",
    "nastavnik.matching",
    "nastavnik.questionnaires",
    "nastavnik.roadmaps",
    "nastavnik.mentorships",
    "nastavnik.plans",
    "nastavnik.closing",
    "nastavnik.pairpapers",
    "nastavnik.monitoring",
    "nastavnik.schoolpapers",
    "nastavnik.districts",
    "nastavnik.oversight",
    "nastavnik.interchange",
    "nastavnik.dossiers",
    "nastavnik.cabinet",
    "nastavnik.demo",
]
AUTH_USER_MODEL = "people.User"
LOGIN_URL = "people:sign-in"

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "csp.middleware.CSPMiddleware",
    "nastavnik.core.middleware.clean_text",
    "nastavnik.core.sessions.KeptWherePossible",
    "nastavnik.core.middleware.choose_language",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "nastavnik.core.middleware.end_idle",
    "nastavnik.core.middleware.choose_zone",
    "nastavnik.core.middleware.keep_private",
    "nastavnik.core.middleware.remember",
    "nastavnik.core.presses.Presses",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "nastavnik.core.middleware.tell_to_wait",
    "nastavnik.core.middleware.tell_of_buttons",
]

ROOT_URLCONF = "nastavnik.config.urls"
FORCE_SCRIPT_NAME = (
    ""  # the site stands at the root; a header that claims another place moves no address
)
WSGI_APPLICATION = "nastavnik.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
            "builtins": ["nastavnik.core.templatetags.ui", "django.templatetags.i18n"],
        },
    },
]
FORM_RENDERER = "nastavnik.core.ui.forms.Renderer"

DATABASES = {
    "default": databases.chosen(
        os.environ.get("NASTAVNIK_DATABASE_URL", ""),
        DATA,
        pool_size=int(os.environ.get("NASTAVNIK_DATABASE_POOL", "10")),
    )
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

PASSWORD_HASHERS = ["nastavnik.core.passwords.Argon2idHasher"]
_OF_DJANGO, _OURS = "django.contrib.auth.password_validation", "nastavnik.core.passwords"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"{_OF_DJANGO}.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {
        "NAME": f"{_OF_DJANGO}.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("login", "full_name")},
    },
    {"NAME": f"{_OF_DJANGO}.CommonPasswordValidator"},
    {"NAME": f"{_OF_DJANGO}.NumericPasswordValidator"},
    {"NAME": f"{_OURS}.NoRunsValidator"},
    {"NAME": f"{_OURS}.NotTheNameValidator"},
    {"NAME": f"{_OURS}.NotWellKnownValidator"},
]
# Long enough for a slip to reach a pupil who is ill for a week.
ONE_TIME_DAYS = 14
AUTHENTICATION_BACKENDS = ["nastavnik.people.access.Accounts"]

LANGUAGE_CODE = "ru"
LANGUAGES = [("ru", "Русский"), ("en", "English")]
LOCALE_PATHS = [PACKAGE / "locale"]
TIME_ZONE = "Europe/Moscow"
USE_TZ = True

# A page waits so long for what is done in the background; then it shows how far that is.
JOB_PATIENCE_SECONDS = 1.5
# For tests: the request itself does what the worker would.
JOBS_AT_ONCE = False
# Above so many pairs looked at (a second or two of counting) a matching goes into the background.
MATCHING_PAIRS_AT_ONCE = int(os.environ.get("NASTAVNIK_MATCHING_AT_ONCE", "20000"))

STATIC_URL = "static/"
# One file of it is collected (config.static); theme.css imports it, so both get hashed names.
STATICFILES_DIRS = [("bootstrap", bootstrap_wrapper.get_bootstrap_css_dir())]
STATIC_ROOT = DATA / "static"
MEDIA_ROOT = DATA / "files"
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "nastavnik.config.static.Storage"},
}
LOGGING = logs.LOGGING

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 60 * 60 * 12  # from the sign-in on, whatever is done
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
IDLE_SECONDS = 60 * int(os.environ.get("NASTAVNIK_IDLE_MINUTES", "30"))
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "style-src": ["'self'"],
        "script-src": ["'self'"],
        "img-src": ["'self'"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
    }
}
