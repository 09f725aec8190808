from django.urls import path

from nastavnik.pairpapers import views

app_name = "pairpapers"
urlpatterns = [
    path("papers/awards/", views.awards, name="awards"),
    path("papers/awards/<int:pk>/", views.award, name="award"),
    path("papers/folder/", views.folder, name="folder"),
    path("papers/files/<int:pk>/", views.paper_file, name="file"),
    path("pairs/<int:pk>/papers/", views.papers, name="pair"),
    path("pairs/<int:pk>/papers/<str:code>/", views.paper, name="paper"),
    path("pairs/<int:pk>/papers/<str:code>/register/", views.register, name="register"),
]
