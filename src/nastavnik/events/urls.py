from django.urls import path

from nastavnik.events import views

app_name = "events"
urlpatterns = [
    path("e/<str:token>/", views.by_token, name="by-link"),
    # a QR code holds the address in capitals
    path("E/<str:token>/", views.by_token, name="by-link-capitals"),
    path("events/", views.event_list, name="list"),
    path("events/own/", views.own, name="own"),
    path("events/own/<int:pk>/answer/", views.answer, name="answer"),
    path("events/add/", views.add, name="add"),
    path("events/<int:pk>/", views.event, name="event"),
    path("events/<int:pk>/edit/", views.edit, name="edit"),
    path("events/<int:pk>/cancel/", views.cancel, name="cancel"),
    path("events/<int:pk>/restore/", views.restore, name="restore"),
    path("events/<int:pk>/remove/", views.remove, name="remove"),
    path("events/<int:pk>/people/", views.invite, name="invite"),
    path("events/<int:pk>/people/off/", views.uninvite, name="uninvite"),
    path("events/<int:pk>/links/", views.links, name="links"),
    path("events/<int:pk>/invitations/<str:kind>/", views.invitations_file, name="invitations"),
    path("events/<int:pk>/paper/", views.paper, name="paper"),
    path("events/<int:pk>/given/", views.given, name="given"),
    path("events/<int:pk>/minutes/", views.minutes, name="minutes"),
    path("events/<int:pk>/register/", views.keep, name="keep"),
    path("events/<int:pk>/register/forget/", views.forget, name="forget"),
]
