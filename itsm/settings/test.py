"""Settings of the test run: the same product, quick password hashes, mails kept in memory."""

from itsm.settings.base import *  # noqa: F403
from itsm.settings.base import REST_FRAMEWORK, STORAGES

SECRET_KEY = "only-for-tests-and-never-anywhere-else-0123456789"  # noqa: S105
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
CELERY_TASK_ALWAYS_EAGER = False
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
REST_FRAMEWORK = {**REST_FRAMEWORK}
