"""Everything Django is told. What differs between installations comes from the environment."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from itsm import env
from itsm.settings.logs import logging
from itsm.settings.stores import database

BASE_DIR = Path(__file__).resolve().parents[2]
DATA_DIR = env.DATA_DIR() or BASE_DIR / "var" / "data"

SECRET_KEY = env.SECRET_KEY()
# The address people open Maru at; links in mails are made from it, never from a Host header.
PUBLIC_URL = env.PUBLIC_URL()
BEHIND_TLS = PUBLIC_URL.startswith("https://")
PROXIES = env.PROXIES()
DEBUG = env.DEBUG() and not BEHIND_TLS
ALLOWED_HOSTS = [
    *{urlsplit(PUBLIC_URL).hostname or "", "localhost", "127.0.0.1", "[::1]", *env.ALLOWED_HOSTS()}
]
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL, *env.TRUSTED_ORIGINS()]

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "axes",
    "csp",
    "django_filters",
    "django_htmx",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "itsm",
    "core",
    "accounts",
    "cmdb",
    "tickets",
    "sla",
    "knowledge",
    "notifications",
    "incidents",
    "catalog",
    "surveys",
    "desk",
    "portal",
    "adminui",
    "imports",
    "demo",
]

MIDDLEWARE = [
    "itsm.middleware.ClientAddressMiddleware",
    "core.health.ProbeMiddleware",
    "core.middleware.RequestContextMiddleware",
    "core.observe.ObserveMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "core.middleware.PrivateMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "accounts.middleware.LanguageMiddleware",
    "core.middleware.BodyLimitMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.ReaderMiddleware",
    "accounts.middleware.SignInRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "core.middleware.ActionErrorMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "itsm.urls"
WSGI_APPLICATION = "itsm.wsgi.application"
TEMPLATES: list[dict[str, Any]] = [
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
            ],
        },
    }
]

if DEBUG:
    # Read again at each request; otherwise Django keeps compiled templates for good.
    TEMPLATES[0]["APP_DIRS"] = False
    TEMPLATES[0]["OPTIONS"]["loaders"] = [
        "django.template.loaders.filesystem.Loader",
        "django.template.loaders.app_directories.Loader",
    ]

DATABASES = {
    "default": database(
        env.DATABASE_URL(),
        password=env.DATABASE_PASSWORD(),
        max_age=env.DATABASE_MAX_AGE(),
        pooled=env.DATABASE_POOLED(),
    )
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.REDIS_URL()
CACHES = {
    "default": {
        "BACKEND": "core.cache.ForgivingRedisCache",
        "LOCATION": REDIS_URL,
        "OPTIONS": {"socket_connect_timeout": 0.5, "socket_timeout": 1.0, "retry": None},
    }
}
# Sessions live in the database: nobody is signed out, and signing in works, while Redis is away.
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 60 * 60 * env.SESSION_HOURS()
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = BEHIND_TLS
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SECURE = BEHIND_TLS
CSRF_FAILURE_VIEW = "core.views.csrf_failure"

CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://")
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_connect_timeout": 0.5, "max_retries": 0}
CELERY_TASK_TIME_LIMIT = 900
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE = {
    # What waited out a worker's absence is dropped: the next turn does the same.
    "outbox": {
        "task": "core.tasks.dispatch_outbox",
        "schedule": 5.0,
        "options": {"expires": 5},
    },
    "heartbeat": {"task": "core.tasks.heartbeat", "schedule": 20.0, "options": {"expires": 20}},
    "sla-figures": {"task": "sla.tasks.roll_up", "schedule": 60.0, "options": {"expires": 60}},
    "sla-sweep": {"task": "sla.tasks.sweep", "schedule": 10.0, "options": {"expires": 10}},
    "sla-holidays": {
        "task": "sla.tasks.refresh_holidays",
        "schedule": crontab(minute="20", hour="3"),
    },
    "decisions": {"task": "tickets.tasks.remind_of_decisions", "schedule": 60.0},
    "auto-close": {"task": "tickets.tasks.auto_close", "schedule": 300.0},
    "auto-resume": {"task": "tickets.tasks.resume_due", "schedule": 60.0},
    "clean-up": {"task": "core.tasks.clean_up", "schedule": 3600.0},
    "sessions": {"task": "accounts.tasks.drop_expired_sessions", "schedule": 3600.0},
    "old-drafts": {"task": "tickets.tasks.drop_old_drafts", "schedule": 86_400.0},
    "service-reviews": {
        "task": "cmdb.tasks.chase_reviews",
        "schedule": crontab(minute="50", hour="*/6"),
    },
    "old-notices": {"task": "notifications.tasks.sweep", "schedule": 86_400.0},
    "articles": {
        "task": "knowledge.tasks.look_over",
        "schedule": crontab(minute="40", hour="*/6"),
    },
    "staged-files": {"task": "portal.tasks.drop_stale", "schedule": 3600.0},
}

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "accounts.backends.EmailBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "accounts:login"
LOGIN_REDIRECT_URL = "/"
PASSWORD_RESET_TIMEOUT = 60 * 60
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_CALLABLE = "accounts.lockout.locked_out"
AXES_USERNAME_FORM_FIELD = "username"
AXES_USERNAME_CALLABLE = "accounts.lockout.name_tried"
AXES_RESET_ON_SUCCESS = True
AXES_ENABLE_ACCESS_FAILURE_LOG = False
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = False

LANGUAGE_CODE = env.LANGUAGE()
LANGUAGES = [("en", _("English")), ("ko", _("Korean"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "UTC"
# The zone shown to people who have not chosen one.
DEFAULT_USER_TIME_ZONE = env.TIME_ZONE()
USE_I18N = True
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static", BASE_DIR / "var" / "vendor"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "itsm.staticfiles.QuickStorage"},
}
MEDIA_ROOT = DATA_DIR / "attachments"
MEDIA_URL = ""
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_PERMISSIONS = 0o600
WEBHOOK_ALLOW = env.WEBHOOK_ALLOW()
ATTACHMENT_MAX_COUNT = env.ATTACHMENT_MAX_COUNT()

EMAIL_HOST = env.SMTP_HOST()
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'console'}.EmailBackend"
EMAIL_PORT = env.SMTP_PORT()
EMAIL_HOST_USER = env.SMTP_USER()
EMAIL_HOST_PASSWORD = env.SMTP_PASSWORD()
EMAIL_USE_TLS = env.SMTP_SECURITY() == "starttls"
EMAIL_USE_SSL = env.SMTP_SECURITY() == "tls"
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.MAIL_FROM()

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
        "manifest-src": [SELF],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = env.HSTS_SECONDS() if BEHIND_TLS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PROXIES else None
SECURE_SSL_REDIRECT = BEHIND_TLS and PROXIES > 0
# Asked by machines, straight and without TLS.
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]

METRICS_TOKEN = env.METRICS_TOKEN()
LOGGING = logging(env.LOG_LEVEL(), env.LOG_FORMAT())

REST_FRAMEWORK = {
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.api.authentication.BearerAuthentication",
        "accounts.api.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["accounts.api.authentication.WithinScope"],
    "DEFAULT_THROTTLE_CLASSES": ["core.api.throttling.RateLimit"],
    "DEFAULT_PARSER_CLASSES": ["core.api.negotiation.JsonParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "core.api.negotiation.Negotiation",
    "DEFAULT_METADATA_CLASS": None,
    "EXCEPTION_HANDLER": "core.api.problems.handle",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "URL_FORMAT_OVERRIDE": None,
}
API_READS_PER_MINUTE = env.API_READS_PER_MINUTE()
API_WRITES_PER_MINUTE = env.API_WRITES_PER_MINUTE()
SPECTACULAR_SETTINGS = {
    "TITLE": "Maru API",
    "DESCRIPTION": "The service desk for programs. What a person may not see or do on the pages, "
    "their token may not either.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "COMPONENT_SPLIT_PATCH": False,
    "POSTPROCESSING_HOOKS": ["core.api.docs.finish"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SWAGGER_UI_SETTINGS": {
        "deepLinking": True,
        "persistAuthorization": False,
        "docExpansion": "none",
    },
}

SILENCED_SYSTEM_CHECKS = [
    "auth.W004",  # e-mail is unique, whatever its capitals, by a constraint of its own
    "security.W005",  # other names below the domain are not ours to decide about
    "security.W021",  # the same: the preload list is about the whole domain
]
