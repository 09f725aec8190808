from django.apps import AppConfig


class SchoolPapersConfig(AppConfig):
    name = "nastavnik.schoolpapers"
    label = "schoolpapers"

    def ready(self) -> None:
        from nastavnik.core.hooks import facts
        from nastavnik.documents import facts as of_papers
        from nastavnik.documents import paper_kinds
        from nastavnik.schoolpapers.papers import KINDS

        for kind in KINDS:
            paper_kinds.register(kind)
        # the register tells anew what it may tell, now that these kinds prove lines of the roadmap
        facts.register("documents", of_papers.facts, of_papers.told())
