from django.urls import path, register_converter

from nastavnik.programmes import views
from nastavnik.programmes.choices import Side


class SideConverter:
    regex = "|".join(Side.values)

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return str(value)


register_converter(SideConverter, "side")

app_name = "programmes"
urlpatterns = [
    path("programme/", views.overview, name="overview"),
    path("programme/add/", views.add, name="add"),
    path("programme/<int:pk>/", views.edit, name="edit"),
    path("programme/<int:pk>/go-on/", views.go_on, name="go-on"),
    path("programme/forms/<int:pk>/", views.limits, name="limits"),
    path("mentees/", views.mentees, name="mentees"),
    path("mentors/", views.mentors, name="mentors"),
    path("base/<side:side>/add/", views.add_to_base, name="add-to-base"),
    path("base/<side:side>/areas/", views.describe, name="describe"),
    path("base/<side:side>/grid/", views.grid, name="grid"),
    path("base/<side:side>/closing/", views.closing, name="closing"),
    path("base/<side:side>/ready/", views.make_ready, name="make-ready"),
    path("base/<int:pk>/", views.edit_record, name="record"),
    path("base/<int:pk>/after/", views.after, name="after"),
    path("base/<int:pk>/leave/", views.leave_base, name="leave"),
    path("group-meetings/", views.meetings, name="meetings"),
    path("group-meetings/add/", views.add_meeting, name="add-meeting"),
    path("group-meetings/<int:pk>/", views.meeting, name="meeting"),
    path("group-meetings/<int:pk>/invite/", views.invite, name="invite"),
    path("group-meetings/<int:pk>/choices/", views.collect, name="collect"),
    path("group-meetings/<int:pk>/attendance/", views.attendance, name="attendance"),
    path("group-meetings/<int:pk>/minutes/", views.minutes, name="minutes"),
    path("group-meetings/<int:pk>/minutes/file/", views.minutes_file, name="minutes-file"),
    path("group-meetings/<int:pk>/open/", views.reopen, name="reopen"),
    path("choices/", views.own, name="choices"),
    path("choices/<int:pk>/", views.choose, name="choose"),
]
