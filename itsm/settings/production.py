"""Settings of the container image: never in debug mode, never without a secret of its own."""

from itsm import env
from itsm.settings.base import *  # noqa: F403
from itsm.settings.base import BASE_DIR

DEBUG = False
if not env.SECRET_KEY.is_given():
    raise env.SettingError(
        "MARU_SECRET_KEY is not set – put 50 random characters into a file and name the file in "
        "MARU_SECRET_KEY_FILE"
    )
# Collected when the image is built.
STATIC_ROOT = BASE_DIR / "var" / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "itsm.staticfiles.HashedStorage"},
}
