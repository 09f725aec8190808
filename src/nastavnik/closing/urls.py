from django.urls import path

from nastavnik.closing import views

app_name = "closing"
urlpatterns = [
    path("closing/", views.year, name="year"),
    path("closing/meetings/", views.meetings, name="meetings"),
    path("closing/meetings/back/", views.meetings_back, name="meetings-back"),
    path("closing/words/", views.words, name="words"),
    path("closing/completion/", views.completion, name="completion"),
    path("closing/next-year/", views.next_year, name="next-year"),
]
