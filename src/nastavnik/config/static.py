"""Static files: only what pages use, under names that change with the contents."""

from django.contrib.staticfiles.apps import StaticFilesConfig
from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticFiles(StaticFilesConfig):
    """Of everything in Bootstrap's wheel, one file is collected: compressing all takes a minute."""

    ignore_patterns = [
        *StaticFilesConfig.ignore_patterns,
        "*.map",
        "*.rtl.*",
        "bootstrap.css",
        "bootstrap-*.css",
    ]


class Storage(CompressedManifestStaticFilesStorage):  # type: ignore[misc] # untyped
    """Leave `sourceMappingURL` alone: the maps are not collected, so a hashed name has no target."""

    patterns = tuple(
        (
            extension,
            tuple(
                one
                for one in of_extension
                if "sourceMappingURL" not in (one if isinstance(one, str) else one[0])
            ),
        )
        for extension, of_extension in CompressedManifestStaticFilesStorage.patterns
    )
