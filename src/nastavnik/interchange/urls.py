from django.urls import path

from nastavnik.interchange import views

app_name = "interchange"
urlpatterns = [
    path("settings/package/", views.package, name="package"),
    path("settings/package/package.zip", views.archive, name="archive"),
]
