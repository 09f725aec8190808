from django.urls import path

from nastavnik.questionnaires import views
from nastavnik.questionnaires.views import rooms, sheets, transfers

app_name = "questionnaires"
urlpatterns = [
    path("questionnaires/", views.waves, name="waves"),
    path("questionnaires/new/", views.open_wave, name="new"),
    path("questionnaires/instruments/", views.instruments, name="instruments"),
    path("questionnaires/instruments/take/", views.take_file, name="take"),
    path("questionnaires/instruments/<slug:instrument>/", views.instrument, name="instrument"),
    path("questionnaires/versions/<int:pk>/copy/", views.copy, name="copy"),
    path("questionnaires/versions/<int:pk>/file/<str:kind>/", views.instrument_file, name="file"),
    path("questionnaires/drafts/<int:pk>/", views.draft, name="draft"),
    path("questionnaires/drafts/<int:pk>/preview/", views.draft_preview, name="draft-preview"),
    path("questionnaires/drafts/<int:pk>/publish/", views.publish, name="publish"),
    path("questionnaires/drafts/<int:pk>/delete/", views.delete_draft, name="delete-draft"),
    path("questionnaires/<int:pk>/", views.wave, name="wave"),
    path("questionnaires/<int:pk>/invite/", views.invite, name="invite"),
    path("questionnaires/<int:pk>/links/", views.links, name="links"),
    path("questionnaires/<int:pk>/room/", rooms.room, name="room"),
    path("questionnaires/<int:pk>/paper/", views.paper, name="paper"),
    path("questionnaires/<int:pk>/sheets/", sheets.sheets, name="sheets"),
    path("questionnaires/<int:pk>/sheets/load/", sheets.load, name="load"),
    path("questionnaires/<int:pk>/sheets/look/", sheets.look, name="look"),
    path("questionnaires/<int:pk>/sheets/sample/", sheets.sample, name="sample"),
    path("questionnaires/<int:pk>/sheets/accept/", sheets.accept, name="accept"),
    path("questionnaires/<int:pk>/sheets/clear/", sheets.clear, name="clear"),
    path("questionnaires/returned/<int:pk>/", sheets.returned, name="returned"),
    path("questionnaires/scans/<int:pk>/", sheets.page, name="page"),
    path("questionnaires/scans/<int:pk>/<slug:item>/", sheets.crop, name="crop"),
    path("questionnaires/sheets/<int:pk>/", sheets.printed, name="printed"),
    path("questionnaires/invitations/<int:pk>/take-back/", views.take_back, name="take-back"),
    path("questionnaires/<int:pk>/results/", views.results, name="results"),
    path("questionnaires/<int:pk>/transfer/", transfers.transfer, name="transfer"),
    path("questionnaires/<int:pk>/transfer/back/", transfers.untransfer, name="untransfer"),
    path("questionnaires/<int:pk>/close/", views.close, name="close"),
    path("questionnaires/<int:pk>/last-day/", views.last_day, name="last-day"),
    path("questionnaires/answer/<int:pk>/", views.answer, name="answer"),
    path("a/sent/", views.thanks, name="thanks"),
    path("r/<str:token>/", rooms.enter_room, name="room-enter"),
    path("r/<str:token>/answer/", rooms.answer_in_room, name="room-answer"),
    # as a QR code of capitals has it
    path("R/<str:token>/", rooms.enter_room, name="room-enter-capitals"),
    path("a/<str:token>/", views.answer_by_link, name="by-link"),
    # a QR code of capitals alone is smaller
    path("A/<str:token>/", views.answer_by_link, name="by-link-capitals"),
]
