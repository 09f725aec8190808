from django.urls import path

from nastavnik.documents import views

app_name = "documents"
urlpatterns = [
    path("documents/", views.register, name="register"),
    path("documents/new/", views.new, name="new"),
    path("documents/check/", views.check, name="check"),
    path("documents/<int:pk>/check/", views.check_registered, name="check-paper"),
    path("documents/<int:pk>/", views.card, name="card"),
    path("documents/<int:pk>/register/", views.register_paper, name="register-paper"),
    path("documents/<int:pk>/take-back/", views.take_back, name="take-back"),
    path("documents/<int:pk>/split/", views.split, name="split"),
    path("documents/<int:pk>/join/", views.join, name="join"),
    path("documents/<int:pk>/file.docx", views.download, name="download"),
    path("documents/<int:pk>/file.pdf", views.download_pdf, name="pdf"),
]
