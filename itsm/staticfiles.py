"""Static files under hashed names, so that browsers may keep them for good."""

from typing import Any

from whitenoise.compress import Compressor
from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStorage(CompressedManifestStaticFilesStorage):
    """Compressed with gzip and Brotli; modules import each other by hashed names, too."""

    patterns = (
        *CompressedManifestStaticFilesStorage.patterns,
        # Only our own: what packages bring is not always meant to be loaded as it lies there.
        ("js/*.js", CompressedManifestStaticFilesStorage._js_module_import_aggregation_patterns[1]),
    )


class QuickStorage(HashedStorage):
    """For `./maru up`: without Brotli, which makes seconds out of half a minute."""

    def create_compressor(self, **kwargs: Any) -> Compressor:
        return Compressor(**{**kwargs, "use_brotli": False})
