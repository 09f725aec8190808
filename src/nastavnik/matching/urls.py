from django.urls import path

from nastavnik.matching import views

app_name = "matching"
urlpatterns = [
    path("matching/", views.workspace, name="workspace"),
    path("matching/run/", views.run, name="run"),
    path("matching/people/", views.people, name="people"),
    path("matching/people/ready/", views.let_in, name="let-in"),
    path("matching/rule/", views.rule, name="rule"),
    path("matching/rulings/<int:pk>/lift/", views.lift, name="lift"),
    path("matching/opinion/", views.opine, name="opine"),
    path("matching/opinions/<int:pk>/discussed/", views.discussed, name="discussed"),
    path("matching/<int:pk>/", views.past_run, name="past"),
    path("matching/<int:pk>/recount/", views.recount, name="recount"),
    path("matching/rules/", views.rules, name="rules"),
    path("matching/rules/shipped/", views.shipped, name="shipped"),
    path("matching/past/", views.history, name="history"),
]
