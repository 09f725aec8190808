from django.urls import path

from nastavnik.cabinet import views

app_name = "cabinet"
urlpatterns = [
    path("", views.front, name="front"),
    path("today/", views.home, name="home"),
    path("today/overview/", views.overview, name="overview"),
    path("today/steps/", views.step, name="step"),
    path("setup/", views.set_up, name="set-up"),
    path("district/", views.district, name="district"),
    path("search/", views.search, name="search"),
    path("help/", views.how_tos, name="how-tos"),
    path("help/<slug:name>/", views.how_to, name="how-to"),
    path("trail/", views.who_changed_what, name="trail"),
    path("trail/people/<int:pk>/", views.who_has_seen, name="seen"),
    path("calendar/", views.calendar, name="calendar"),
    path("c/<str:token>.ics", views.calendar_feed, name="calendar-feed"),
    path("take-out/", views.take_out, name="take-out"),
    path("components/", views.components, name="components"),
    path("keys/", views.keys, name="keys"),
    path("language/", views.language, name="language"),
    path("theme/", views.theme, name="theme"),
]
