"""`itsm.settings` is what ./maru up and production use; tests use `itsm.settings.test`."""

from itsm.settings.base import *  # noqa: F403
