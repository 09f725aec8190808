from django.urls import path

from nastavnik.training import views

app_name = "training"
urlpatterns = [
    path("training/", views.course_list, name="courses"),
    path("training/add/", views.add, name="add"),
    path("training/<int:pk>/", views.course, name="course"),
    path("training/<int:pk>/edit/", views.edit, name="edit"),
    path("training/<int:pk>/remove/", views.remove, name="remove"),
    path("training/<int:pk>/sessions/", views.plan, name="plan"),
    path("training/<int:pk>/people/", views.enrol, name="enrol"),
    path("training/<int:pk>/register/", views.keep, name="keep"),
    path("training/<int:pk>/materials/", views.add_material, name="add-material"),
    path("training/sessions/<int:pk>/cancel/", views.cancel, name="cancel"),
    path("training/people/<int:pk>/drop/", views.drop, name="drop"),
    path("training/materials/<int:pk>/", views.material, name="material"),
    path("training/materials/<int:pk>/remove/", views.remove_material, name="remove-material"),
]
