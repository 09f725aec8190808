from django.urls import path

from nastavnik.mentorships import views

app_name = "mentorships"
urlpatterns = [
    path("pairs/", views.pair_list, name="list"),
    path("pairs/own/", views.own, name="own"),
    path("pairs/<int:pk>/", views.pair_card, name="card"),
    path("pairs/<int:pk>/status/", views.set_status, name="status"),
    path("matching/<int:pk>/approve/", views.approve, name="approve"),
]
