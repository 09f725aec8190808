from django.urls import path

from nastavnik.consents import views

app_name = "consents"
urlpatterns = [
    path("consents/", views.ledger, name="ledger"),
    path("consents/people/<int:pk>/", views.person_consents, name="person"),
    path("consents/<int:pk>/mistaken/", views.mistaken, name="mistaken"),
    path("consents/<int:pk>/withdraw/", views.withdraw, name="withdraw"),
]
