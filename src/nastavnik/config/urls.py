"""Everything is assembled here."""

from django.urls import include, path

from nastavnik.config.health import health

urlpatterns = [
    path("health", health, name="health"),
    path("", include("nastavnik.cabinet.urls")),
    path("", include("nastavnik.jobs.urls")),
    path("", include("nastavnik.people.urls")),
    path("", include("nastavnik.organisations.urls")),
    path("", include("nastavnik.programmes.urls")),
    path("", include("nastavnik.training.urls")),
    path("", include("nastavnik.events.urls")),
    path("", include("nastavnik.consents.urls")),
    path("", include("nastavnik.matching.urls")),
    path("", include("nastavnik.questionnaires.urls")),
    path("", include("nastavnik.mentorships.urls")),
    path("", include("nastavnik.plans.urls")),
    path("", include("nastavnik.closing.urls")),
    path("", include("nastavnik.pairpapers.urls")),
    path("", include("nastavnik.monitoring.urls")),
    path("", include("nastavnik.districts.urls")),
    path("", include("nastavnik.oversight.urls")),
    path("", include("nastavnik.roadmaps.urls")),
    path("", include("nastavnik.documents.urls")),
    path("", include("nastavnik.interchange.urls")),
    path("", include("nastavnik.dossiers.urls")),
]

handler403 = "nastavnik.config.failing.forbidden"
handler500 = "nastavnik.config.failing.server_error"
