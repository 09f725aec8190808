from django.urls import path

from nastavnik.oversight import views

app_name = "oversight"
urlpatterns = [
    path("district/indicators/", views.indicators, name="indicators"),
]
