from django.apps import AppConfig


class PairPapersConfig(AppConfig):
    name = "nastavnik.pairpapers"
    label = "pairpapers"

    def ready(self) -> None:
        from nastavnik.core.hooks import holdings, howtos, retention
        from nastavnik.documents import paper_kinds
        from nastavnik.jobs import kinds
        from nastavnik.pairpapers import tasks
        from nastavnik.pairpapers.choices import AwardKind
        from nastavnik.pairpapers.documents.awards import sheets_of
        from nastavnik.pairpapers.holdings import HELD
        from nastavnik.pairpapers.papers import PAIR_PAPERS

        for paper in PAIR_PAPERS:
            paper_kinds.register(paper.kind)
        for kind in AwardKind:
            paper_kinds.register_sheets(sheets_of(kind))
        kinds.register(tasks.AWARDS)
        kinds.register(tasks.FOLDER)
        retention.register(tasks.PAPER_FILES)
        holdings.register(*HELD)
        howtos.register(
            "pairpapers",
            "documents#бумаги-пары",
            awards="documents#сертификаты-и-благодарности",
            folder="documents#папка-года",
        )
