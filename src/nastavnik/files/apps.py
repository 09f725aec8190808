from django.apps import AppConfig

from nastavnik.core.hooks import retention


class FilesConfig(AppConfig):
    name = "nastavnik.files"

    def ready(self) -> None:
        from nastavnik.files import checks, leftovers  # noqa: F401 - checks register themselves

        retention.register(leftovers.LEFTOVERS)
