from django.apps import AppConfig


class PairPapersConfig(AppConfig):
    name = "nastavnik.pairpapers"
    label = "pairpapers"

    def ready(self) -> None:
        from nastavnik.core.hooks import howtos
        from nastavnik.documents import paper_kinds
        from nastavnik.pairpapers.papers import PAIR_PAPERS

        for paper in PAIR_PAPERS:
            paper_kinds.register(paper.kind)
        howtos.register("pairpapers", "documents#бумаги-пары")
