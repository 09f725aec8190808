from django.urls import path

from nastavnik.jobs import views

app_name = "jobs"
urlpatterns = [
    path("jobs/<int:pk>/", views.progress, name="progress"),
    path("jobs/<int:pk>/cancel/", views.cancel, name="cancel"),
    path("jobs/<int:pk>/again/", views.again, name="again"),
]
