from django.urls import path

from nastavnik.dossiers import views

app_name = "dossiers"
urlpatterns = [
    path("people/<int:pk>/data/", views.person, name="person"),
    path("people/<int:pk>/data/archive/", views.archive, name="archive"),
    path("people/<int:pk>/data/erase/", views.erase, name="erase"),
    path("people/<int:pk>/data/keep/", views.keep, name="keep"),
]
