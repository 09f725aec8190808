from django.urls import path

from nastavnik.mentorships import views

app_name = "mentorships"
urlpatterns = [
    path("base/files/", views.base_files, name="base-files"),
    path("base/files/<int:pk>/", views.base_draft, name="base-draft"),
    path("pairs/", views.pair_list, name="list"),
    path("pairs/own/", views.own, name="own"),
    path("pairs/week/", views.week, name="week"),
    path("pairs/<int:pk>/contact/", views.contact, name="contact"),
    path("pairs/contact/<int:pk>/wake/", views.wake, name="wake"),
    path("pairs/month/", views.this_month, name="this-month"),
    path("pairs/month/<int:year>-<int:month>/", views.month, name="month"),
    path("pairs/<int:pk>/", views.pair_card, name="card"),
    path("pairs/<int:pk>/status/", views.set_status, name="status"),
    path("pairs/<int:pk>/keep/", views.keep, name="keep"),
    path("pairs/<int:pk>/mentee/", views.mentee, name="mentee"),
    path("pairs/<int:pk>/end/", views.end, name="end"),
    path("pairs/complete/", views.complete, name="complete"),
    path("pairs/ended/", views.ending_order, name="ending-order"),
    path("pairs/<int:pk>/extend/", views.extend, name="extend"),
    path("pairs/<int:pk>/pause/", views.pause, name="pause"),
    path("pairs/<int:pk>/pause/end/", views.end_pause, name="end-pause"),
    path("pairs/<int:pk>/leave-order/", views.leave_order, name="leave-order"),
    path("pairs/<int:pk>/reopen/", views.reopen, name="reopen"),
    path("pairs/<int:pk>/replace/", views.replace, name="replace"),
    path("pairs/<int:pk>/note/", views.note, name="note"),
    path("pairs/<int:pk>/undo/", views.undo, name="undo"),
    path("pairs/<int:pk>/ask/", views.ask_replacement, name="ask"),
    path("pairs/asked/<int:pk>/withdraw/", views.withdraw_replacement, name="withdraw"),
    path("pairs/asked/<int:pk>/answer/", views.answer_replacement, name="answer"),
    path("pairs/<int:pk>/help/", views.answer_help, name="help"),
    path("matching/<int:pk>/approve/", views.approve, name="approve"),
    path("matching/<int:pk>/take-back/", views.take_back, name="take-back"),
]
