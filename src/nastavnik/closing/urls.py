from django.urls import path

from nastavnik.closing import views

app_name = "closing"
urlpatterns = [
    path("closing/", views.year, name="year"),
    path("closing/meetings/", views.meetings, name="meetings"),
    path("closing/meetings/back/", views.meetings_back, name="meetings-back"),
    path("closing/words/", views.words, name="words"),
    path("closing/completion/", views.completion, name="completion"),
    path("closing/talks/", views.talks, name="talks"),
    path("closing/talks/<int:pk>/remove/", views.remove_talk, name="remove-talk"),
    path("closing/results/", views.results, name="results"),
    path("closing/results/back/", views.results_back, name="results-back"),
    path("closing/next-year/", views.next_year, name="next-year"),
]
