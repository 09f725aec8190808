from django.urls import path

from nastavnik.monitoring import views

app_name = "monitoring"
urlpatterns = [
    path("monitoring/", views.overview, name="overview"),
    path("monitoring/begin/", views.begin, name="begin"),
    path("monitoring/scorecards/<int:pk>/", views.scorecard, name="scorecard"),
    path("monitoring/scorecards/<int:pk>/invite/", views.invite, name="invite"),
    path("monitoring/scorecards/<int:pk>/words/", views.conclude, name="conclude"),
    path("monitoring/scorecards/<int:pk>/close/", views.close, name="close"),
    path("monitoring/scorecards/<int:pk>/reopen/", views.reopen, name="reopen"),
    path("monitoring/scorecards/<int:pk>/paper/", views.paper, name="paper"),
    path("monitoring/sheets/<int:pk>/", views.sheet, name="sheet"),
    path("monitoring/sheets/<int:pk>/back/", views.take_back, name="take-back"),
    path("monitoring/sheets/<int:pk>/off/", views.drop, name="drop"),
    path("monitoring/process/", views.process, name="process"),
    path("monitoring/process/snapshot/", views.snapshot, name="snapshot"),
    path("monitoring/effects/", views.effects, name="effects"),
    path("monitoring/satisfaction/", views.satisfaction, name="satisfaction"),
    path("monitoring/swot/", views.swot, name="swot"),
    path("monitoring/swot/sort/", views.sort, name="sort"),
    path("monitoring/swot/add/", views.add_note, name="add-note"),
    path("monitoring/swot/<int:pk>/remove/", views.remove_note, name="remove-note"),
    path("monitoring/indicators/", views.indicators, name="indicators"),
    path("monitoring/indicators/<str:indicator>/<int:year>/", views.indicator, name="indicator"),
    path("monitoring/indicators/<str:indicator>/<int:year>/plan/", views.target, name="target"),
]
