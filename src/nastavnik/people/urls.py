from django.urls import path

from nastavnik.people import views

app_name = "people"
urlpatterns = [
    path("sign-in/", views.sign_in, name="sign-in"),
    path("sign-in/code/", views.sign_in_code, name="sign-in-code"),
    path("sign-out/", views.sign_out, name="sign-out"),
    path("password/", views.change_password, name="password"),
    path("password/others/", views.end_others, name="end-others"),
    path("password/second-step/", views.second_step, name="second-step"),
    path("password/second-step/begin/", views.begin_second_step, name="second-step-begin"),
    path("password/second-step/noted/", views.note_second_step, name="second-step-noted"),
    path("typed/", views.typed, name="typed"),
    path("people/", views.people_list, name="list"),
    path("people/add/", views.add_person, name="add"),
    path("people/import/", views.import_list, name="import"),
    path("people/import/<int:pk>/", views.import_preview, name="import-preview"),
    path("people/import/<int:pk>/errors.xlsx", views.import_errors, name="import-errors"),
    path("people/import/<int:pk>/discard/", views.discard_import, name="import-discard"),
    path("people/<int:pk>/", views.person_card, name="card"),
    path("people/<int:pk>/edit/", views.edit_person, name="edit"),
    path("people/<int:pk>/family/", views.family, name="family"),
    path("people/doubles/", views.doubles, name="doubles"),
    path("people/doubles/<int:pk>/back/", views.unmerge, name="unmerge"),
    path("people/<int:pk>/merge/", views.merge, name="merge"),
    path("people/<int:pk>/left/", views.mark_left, name="left"),
    path("classes/", views.groups, name="groups"),
    path("classes/next-year/", views.next_year, name="next-year"),
    path("classes/next-year/<int:pk>/back/", views.next_year_back, name="next-year-back"),
    path("classes/<int:pk>/", views.edit_group, name="group"),
    path("settings/accounts/", views.accounts, name="accounts"),
    path("settings/accounts/slips/", views.slips, name="slips"),
    path("settings/accounts/halves/", views.slip_halves, name="slip-halves"),
    path("settings/accounts/<int:pk>/end/", views.end_role, name="end-role"),
    path(
        "settings/accounts/<int:pk>/second-step/",
        views.second_step_off,
        name="second-step-off",
    ),
]
