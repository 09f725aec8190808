"""Closed lists of questionnaires."""

from django.db import models
from django.utils.translation import gettext_lazy as _

#: A confidential wave tells nothing until so many have answered: fewer could be known by their answers.
FEWEST = 5
#: Days a wave is open unless somebody says otherwise.
USUAL_DAYS = 14
#: Days after the last one before a wave closes by itself: time to put a later day.
CLOSES_AFTER = 3


#: Of the prints of a wave (`blanks.kinds`).
SHEETS = "questionnaires.wave"


class VersionStatus(models.TextChoices):
    """What may be done with a version of a questionnaire: only a draft is changed."""

    DRAFT = "draft", _("draft")
    PUBLISHED = "published", _("may be asked")
    RETIRED = "retired", _("replaced by a later version")


class Mode(models.TextChoices):
    """Whether it is kept who said what."""

    NAMED = "named", _("with names: the curator sees who answered what")
    CONFIDENTIAL = "confidential", _("confidential: nobody sees who answered what")


class WaveStatus(models.TextChoices):
    """Where a wave stands; `actions.NEXT` says what may follow what."""

    OPEN = "open", _("open")
    CLOSED = "closed", _("closed")


class InvitationState(models.TextChoices):
    """How far somebody who is asked has come."""

    INVITED = "invited", _("asked")
    STARTED = "started", _("has begun")
    ANSWERED = "answered", _("has answered")


class AnswerSource(models.TextChoices):
    """By which way an answer came; a confidential wave does not keep it."""

    LINK = "link", _("by link")
    ACCOUNT = "account", _("from an account")
    ROOM = "room", _("in the computer room")
    PAPER = "paper", _("on paper")


ROLES = {
    "mentee": _("mentees"),
    "mentor": _("mentors"),
    "parent": _("parents"),
    "class_teacher": _("class teachers"),
    "psychologist": _("psychologist"),
    "social_teacher": _("social teacher"),
    "partner": _("partners"),
    "curator": _("curator"),
}

STAGES = {
    "request": _("What a mentee asks for"),
    "candidate": _("What a mentor offers"),
    "third_party": _("What others see"),
    "preferences": _("After the group meeting"),
    "before": _("Before it begins"),
    "fit": _("After the first meetings"),
    "meeting": _("After a meeting"),
    "after": _("At the end"),
    "satisfaction": _("Satisfaction"),
    "final": _("Final sheet"),
    "quality": _("How the programme is carried out"),
}

KINDS = {
    "scale": _("a scale"),
    "yes_no": _("yes or no"),
    "choice": _("one of several answers"),
    "several": _("any of several answers"),
    "ranked_people": _("people in order of preference"),
    "people": _("people"),
    "text": _("a line of text"),
    "story": _("several lines of text"),
    "date": _("a day"),
    "note": _("a note, not answered"),
}

CAUSES = {
    "gone": _("there is no such question any more"),
    "kind": _("it is answered in another way"),
    "scale": _("the bounds of the scale are others"),
    "options": _("the options are others"),
}


class SheetStanding(models.TextChoices):
    """What a sheet that came back waits for."""

    READY = "ready", _("can be accepted")
    LOOK = "look", _("something is to be looked at")
    PART = "part", _("a page is missing")
    EMPTY = "empty", _("nothing is marked on it")
    NAMELESS = "nameless", _("without a name: whose is it?")
    ANSWERED = "answered", _("has answered already")
    TWICE = "twice", _("two sheets of one person")
    STRANGER = "stranger", _("is not asked in this wave")
    UNSIGNED = "unsigned", _("the consent to personal data does not hold")


#: Why somebody has to look at an item of a sheet, by `engine.blanks.MarkDoubt` and what is found later.
DOUBTS = {
    "two_marks": _("two marks"),
    "weak_mark": _("a weak mark"),
    "mark_beside": _("a mark beside the boxes"),
    "filled_among_crossed": _("a filled box among crossed ones"),
    "pale_sheet": _("a pale picture: is it blank?"),
    "box_not_seen": _("a box is not seen well"),
    "poor_picture": _("a poor picture"),
    "written": _("written by hand: type it in"),
    "two_pictures": _("two pictures of this page differ"),
    "sample": _("called wrong in the sample"),
}
