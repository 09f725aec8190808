from django.urls import path

from nastavnik.consents import views
from nastavnik.consents.views import links, scans

app_name = "consents"
urlpatterns = [
    path("consents/", views.ledger, name="ledger"),
    path("consents/missing/", views.missing, name="missing"),
    path("consents/print/", views.print_blanks, name="print"),
    path("consents/packs/<int:pk>/", views.pack, name="pack"),
    path("consents/packs/<int:pk>/file/<str:kind>/", views.pack_file, name="pack-file"),
    path("consents/texts/", views.texts, name="texts"),
    path("consents/texts/<slug:purpose>/", views.text, name="text"),
    path("consents/texts/<slug:purpose>/change/", views.text_change, name="text-change"),
    path("consents/<int:pk>/scan/", scans.scan, name="scan"),
    path("consents/scans/<int:pk>/file/", scans.scan_file, name="scan-file"),
    path("consents/scans/<int:pk>/remove/", scans.scan_remove, name="scan-remove"),
    path("consents/links/", links.links, name="links"),
    path("consents/links/<int:pk>/close/", links.close, name="link-close"),
    path("c/sent/", links.thanks, name="thanks"),
    path("c/<str:token>/", links.sign, name="by-link"),
    # a QR code of capitals alone is smaller
    path("C/<str:token>/", links.sign, name="by-link-capitals"),
    path("consents/people/<int:pk>/", views.person_consents, name="person"),
    path("consents/people/<int:pk>/signed/", views.signed, name="signed"),
    path("consents/people/<int:pk>/guardian/", views.guardian_add, name="guardian-add"),
    path("consents/guardians/<int:pk>/", views.guardian, name="guardian"),
    path("consents/<int:pk>/mistaken/", views.mistaken, name="mistaken"),
    path("consents/<int:pk>/withdraw/", views.withdraw, name="withdraw"),
]
