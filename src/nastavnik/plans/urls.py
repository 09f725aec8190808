from django.urls import path

from nastavnik.plans import views

app_name = "plans"
urlpatterns = [
    path("plans/", views.plan_list, name="list"),
    path("plans/open/", views.open_plan, name="open"),
    path("plans/make/", views.make, name="make"),
    path("plans/make/back/", views.make_back, name="make-back"),
    path("plans/approve/", views.approve, name="approve"),
    path("plans/library/", views.library, name="library"),
    path("plans/library/hide/", views.hide, name="hide"),
    path("plans/library/<int:pk>/drop/", views.drop_own, name="drop-own"),
    path("plans/<int:pk>/", views.plan, name="plan"),
    path("plans/<int:pk>/edit/", views.edit, name="edit"),
    path("plans/<int:pk>/step/", views.step, name="step"),
    path("plans/<int:pk>/read/", views.read, name="read"),
    path("plans/<int:pk>/done/", views.done, name="done"),
    path("plans/<int:pk>/edition/", views.edition, name="edition"),
    path("plans/<int:pk>/discard/", views.discard, name="discard"),
    path("plans/<int:pk>/paper/", views.paper, name="paper"),
    path("plans/<int:pk>/register/", views.register, name="register"),
    path("plans/items/<int:pk>/undo/", views.undo, name="undo"),
    path("plans/items/<int:pk>/restore/", views.restore, name="restore"),
]
