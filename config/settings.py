"""All settings, read once from the environment (and `.env` beside manage.py). `.env.example` names every variable.

Development needs none of them: without DATABASE_URL and REDIS_URL the embedded servers under var/ are used. Production
(PRODUCTION=1) refuses to start without a secret key, host names and both addresses, and refuses the demo.
"""

import hashlib
import os
import sys
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
if (BASE_DIR / ".env").exists():
    env.read_env(BASE_DIR / ".env")

# --- What kind of place this is ------------------------------------------------------------------------------------
PRODUCTION = env.bool("PRODUCTION", False)
DEMO = env.bool("DEMO", False)
DEBUG = env.bool("DEBUG", False)
TESTING = "pytest" in sys.modules
VAR = Path(env.str("VAR", str(BASE_DIR / "var")))

if PRODUCTION:
    if DEMO or DEBUG:
        raise ImproperlyConfigured("PRODUCTION=1 refuses DEMO and DEBUG: demo accounts have a public password.")
    missing = [
        name
        for name in ("SECRET_KEY", "ALLOWED_HOSTS", "DATABASE_URL", "REDIS_URL", "SITE_URL")
        if not env.str(name, "")
    ]
    if missing:
        raise ImproperlyConfigured(f"PRODUCTION=1 needs: {', '.join(missing)}. See .env.example.")
    if len(env.str("SECRET_KEY")) < 50:
        raise ImproperlyConfigured("SECRET_KEY must have at least 50 characters.")

# A key made from the folder's path: stable across restarts, so that a development login survives, and never used in production.
SECRET_KEY = env.str("SECRET_KEY", "") or hashlib.sha256(f"development {BASE_DIR}".encode()).hexdigest()
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["*"])
SITE_URL = env.str("SITE_URL", "http://127.0.0.1:8000").rstrip("/")
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[SITE_URL] if PRODUCTION else [])
# Origins that may open a socket; None: the request's own host (development, any port).
WS_ALLOWED_ORIGINS: list[str] | None = env.list("WS_ALLOWED_ORIGINS", default=[SITE_URL] if PRODUCTION else None)

# Keys that sign attempt tokens, newest first; older ones stay valid so that keys rotate in the middle of a contest.
ATTEMPT_TOKEN_KEYS: list[str] = env.list(
    "ATTEMPT_TOKEN_KEYS", default=[hashlib.sha256(f"attempt {SECRET_KEY}".encode()).hexdigest()]
)

# The key of the audit chain. Whoever has it can write the log anew, so it is not in the database; a new one makes the chain
# that there is look forged, so it is never changed.
AUDIT_KEY = env.str("AUDIT_KEY", "") or hashlib.sha256(f"audit {SECRET_KEY}".encode()).hexdigest()

# --- How many may begin ----------------------------------------------------------------------------------------------
# Attempts a second that the whole site begins; whoever comes faster waits before the time begins (contests.actions.gate).
# 0: no gate. One start with its paper costs 30 ms of CPU in all processes on a core of its own: 22 a core leave a third for
# all else. Measured 53 ms where two busy cores share a chip and other work: there fewer are done, and the others wait at
# gunicorn's door. With more than one machine, count the cores of those that serve pages, and set it.
STARTS_PER_SECOND = env.int("STARTS_PER_SECOND", 0 if TESTING else 22 * (os.cpu_count() or 1))

# --- Servers -------------------------------------------------------------------------------------------------------
DATABASE_URL = env.str("DATABASE_URL", "")
REDIS_URL = env.str("REDIS_URL", "")
if not (DATABASE_URL and REDIS_URL) and not PRODUCTION:
    from config import embedded  # only where a server of ours is needed

    DATABASE_URL = DATABASE_URL or embedded.start_postgres(VAR)
    REDIS_URL = REDIS_URL or embedded.start_valkey(VAR)

DATABASE_POOL = env.int("DATABASE_POOL", 8)
DATABASES = {"default": environ.Env.db_url_config(DATABASE_URL)}
DATABASES["default"].setdefault("OPTIONS", {})
DATABASES["default"]["OPTIONS"] |= {
    # Django's pool, not CONN_MAX_AGE: under ASGI persistent connections leak (measured: 93 idle connections).
    "pool": {"min_size": 1, "max_size": DATABASE_POOL, "timeout": 10},
    "connect_timeout": 5,
}
DATABASES["default"]["TEST"] = {"NAME": env.str("TEST_DATABASE_NAME", "test_hoithi")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Applications --------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "daphne",  # before staticfiles: gives runserver its websockets
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "channels",
    "csp",
    "procrastinate.contrib.django",
    "allauth",
    "allauth.account",
    "accounts",
    "contests",
    "leaderboard",
    "reports",
]
MIDDLEWARE = [
    "config.middleware.PlainRequestMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "config.middleware.HeadersMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.middleware.RateLimitedMiddleware",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
ASGI_APPLICATION = "config.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "accounts.context.navigation",
            ],
        },
    }
]

# --- Accounts ------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.Member"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 8}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_RESET_TIMEOUT = 24 * 3600  # seconds; links that staff hand over go by the same clock
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_LOGOUT_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "accounts.adapter.Adapter"
ACCOUNT_FORMS = {
    "login": "accounts.forms.LoginForm",
    "signup": "accounts.forms.SignupForm",
    "reset_password": "accounts.forms.ResetPasswordForm",
}
ACCOUNT_LOGIN_METHODS = {"phone", "email"}
ACCOUNT_SIGNUP_FIELDS = ["phone", "email", "password1*"]
# allauth wants one login method to be a required field; our form asks for either and checks it itself.
SILENCED_SYSTEM_CHECKS = ["account.W001"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PHONE_VERIFICATION_ENABLED = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_CHANGE_EMAIL = True
# Strict per account, loose per address: a factory or a mobile carrier is thousands of members behind one address.
ACCOUNT_RATE_LIMITS = {
    "signup": "600/m/ip",
    "login": "1200/m/ip",
    "login_failed": "600/m/ip,5/300s/key",
    "reset_password": "60/m/ip,5/h/key",
}
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", 1 if PRODUCTION else 0)

# --- Sessions, cache, security -------------------------------------------------------------------------------------
SESSION_ENGINE = "django.contrib.sessions.backends.db"  # in PostgreSQL: losing Redis logs nobody out
SESSION_COOKIE_AGE = 30 * 24 * 3600
CACHES = {
    "default": {
        # In the database too: allauth keeps its rate limits here, and a flushed Redis must not open the door.
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "django_cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "config.views.csrf_failure"
if PRODUCTION:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")  # nginx strips the client's copy
    SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", True)
    SECURE_HSTS_SECONDS, SECURE_HSTS_INCLUDE_SUBDOMAINS, SECURE_HSTS_PRELOAD = 63_072_000, True, True
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "manifest-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "object-src": ["'none'"],
        "frame-ancestors": ["'none'"],
    },
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
FILE_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

# --- Language and time ---------------------------------------------------------------------------------------------
LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", "Tiếng Việt"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
TIME_ZONE = "Asia/Ho_Chi_Minh"  # what people see; the database keeps UTC
USE_TZ = True
FORMAT_MODULE_PATH = ["config.formats"]
USE_THOUSAND_SEPARATOR = True

# --- Files ---------------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = BASE_DIR / "staticfiles"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "config.storage.StaticStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not PRODUCTION
WHITENOISE_AUTOREFRESH = not PRODUCTION  # files may change while `make run` is up, and tests must not scan them
MEDIA_ROOT = (
    VAR / "files"
)  # exports and uploads; nothing under it has an address, views hand files out after a scope check
FILES_BY_NGINX = env.bool("FILES_BY_NGINX", PRODUCTION)  # pictures of questions: a view decides, nginx sends the bytes

# --- Mail, logs ----------------------------------------------------------------------------------------------------
EMAIL_BACKEND = env.str(
    "EMAIL_BACKEND",
    "django.core.mail.backends.smtp.EmailBackend" if PRODUCTION else "django.core.mail.backends.console.EmailBackend",
)
EMAIL_TIMEOUT = 10
EMAIL_CONFIG = env.email_url("EMAIL_URL", default="consolemail://") if env.str("EMAIL_URL", "") else {}
vars().update({key: value for key, value in EMAIL_CONFIG.items() if key != "EMAIL_BACKEND"})
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "hoithi@localhost")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", "WARNING")},
    "loggers": {
        name: {"level": env.str("LOG_LEVEL", "INFO")}
        for name in ("accounts", "contests", "leaderboard", "reports", "config")
    },
}
if TESTING:
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    BOARD_FALLBACK_SECONDS = 0
