from django.urls import path

from nastavnik.districts import views

app_name = "districts"
urlpatterns = [
    path("roadmap/<int:pk>/district/", views.asked, name="asked"),
    path("roadmap/<int:pk>/district/adopt/", views.adopt, name="adopt"),
    path("roadmap/<int:pk>/district/send/", views.send, name="send"),
    path("roadmap/adopted/<int:pk>/", views.adopted, name="adopted"),
    path("district/lines/", views.lines, name="lines"),
    path("district/roadmaps/", views.table, name="table"),
    path("district/roadmaps/table.xlsx", views.workbook, name="workbook"),
    path("district/roadmaps/<int:pk>/", views.school, name="school"),
    path("district/roadmaps/<int:pk>/answer/", views.answer, name="answer"),
    path("district/schools/add/", views.add_school, name="add-school"),
    path("district/coordinator/", views.coordinator, name="coordinator"),
]
