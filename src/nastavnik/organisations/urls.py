from django.urls import path

from nastavnik.organisations import views

app_name = "organisations"
urlpatterns = [
    path("settings/", views.settings, name="settings"),
    path("settings/organisation/", views.edit, name="edit"),
    path("settings/years/", views.add_year, name="add-year"),
    path("settings/partners/", views.add_partner, name="add-partner"),
]
