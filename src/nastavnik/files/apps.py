from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "nastavnik.files"

    def ready(self) -> None:
        from nastavnik.files import checks  # noqa: F401 - registers itself
