from django.urls import path

from nastavnik.oversight import views

app_name = "oversight"
urlpatterns = [
    path("district/indicators/", views.indicators, name="indicators"),
    path("district/recommendations/", views.recommendations, name="recommendations"),
    path("district/recommendations/give/", views.give, name="give"),
    path("district/recommendations/<int:pk>/", views.given, name="given"),
    path("recommendations/", views.own, name="own"),
    path("recommendations/<int:pk>/", views.recommendation, name="recommendation"),
]
