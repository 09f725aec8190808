from django.urls import path

from nastavnik.roadmaps import views
from nastavnik.roadmaps.views import checks, lines

app_name = "roadmaps"
urlpatterns = [
    path("roadmap/", views.overview, name="overview"),
    path("roadmap/make/", views.make, name="make"),
    path("roadmap/read/", views.read, name="read"),
    path("roadmap/drafts/<int:pk>/", views.draft, name="draft"),
    path("roadmap/drafts/<int:pk>/discard/", views.discard, name="discard"),
    path("roadmap/<int:pk>/", views.show, name="show"),
    path("roadmap/<int:pk>/archived/", views.archived, name="archived"),
    path("roadmap/<int:pk>/restore/", views.restore, name="restore"),
    path("roadmap/<int:pk>/edit/", checks.edit, name="edit"),
    path("roadmap/<int:pk>/check/", checks.check, name="check"),
    path("roadmap/<int:pk>/add-usual/", checks.add_usual, name="add-usual"),
    path("roadmap/<int:pk>/shift/", views.shift, name="shift"),
    path("roadmap/<int:pk>/add/", views.add, name="add"),
    path("roadmap/<int:pk>/again/", views.again, name="again"),
    path("roadmap/<int:pk>/file.docx", views.paper, name="paper"),
    path("roadmap/<int:pk>/file.pdf", views.pdf, name="pdf"),
    path("roadmap/<int:pk>/table.xlsx", views.table, name="table"),
    path("roadmap/<int:pk>/calendar.ics", views.calendar, name="calendar"),
    path("roadmap/lines/<int:pk>/", views.activity, name="activity"),
    path("roadmap/<int:pk>/bulk/", lines.bulk, name="bulk"),
    path("roadmap/<int:pk>/history/", lines.history, name="history"),
    path("roadmap/lines/<int:pk>/inline/", lines.inline, name="inline"),
    path("roadmap/lines/<int:pk>/state/", views.state, name="state"),
    path("roadmap/lines/<int:pk>/evidence/", views.evidence, name="evidence"),
    path("roadmap/evidence/<int:pk>/file/", lines.evidence_file, name="evidence-file"),
    path("roadmap/evidence/<int:pk>/remove/", views.remove_evidence, name="remove-evidence"),
]
