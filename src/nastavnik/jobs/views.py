"""The page of whatever is done in the background: how far it is, cancel, do anew; done, it leads on."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from nastavnik.core.access import Perm
from nastavnik.core.access.view_access import requires
from nastavnik.core.errors import RefusedError
from nastavnik.core.http import Request
from nastavnik.core.ui.refusals import refusals_told
from nastavnik.jobs import actions, tasks
from nastavnik.jobs.choices import JobState
from nastavnik.jobs.models import Job
from nastavnik.jobs.queries import is_alone, jobs_seen, open_job

#: So long a job may wait for its turn before the page says that nobody seems to work.
PATIENCE_SECONDS = 60


# Whose right is the kind's own: `visible_to` narrows by it.
@require_GET
@requires(Perm.HOME)
def progress(request: Request, pk: int) -> HttpResponse:
    """Show how far a job is; when it is done, lead to what came of it."""
    job = get_object_or_404(Job.objects.visible_to(request.user).defer("upload"), pk=pk)
    if job.state == JobState.DONE:
        return redirect(job.of_kind.arrive(request, job.ended))
    is_kept_off = job.may_be_retried and not is_alone(job)
    is_stuck = job.state == JobState.WAITING and job.seconds > PATIENCE_SECONDS
    context = {
        "job": job,
        "kind": job.of_kind,
        "tells": job.of_kind.tells(job.given),
        "step": job.of_kind.steps.get(job.step, ""),
        "back": job.of_kind.back(job.given),
        "is_kept_off": is_kept_off,
        "other": open_job(request.user, job.alone) if is_kept_off else None,
        "is_stuck": is_stuck and not tasks.is_worked(),
    }
    return render(request, "jobs/progress.html", context)


@require_POST
@requires(Perm.HOME)
def cancel(request: Request, pk: int) -> HttpResponse:
    """Call a job off."""
    job = get_object_or_404(jobs_seen(request.user), pk=pk)
    try:
        actions.cancel_job(job, by=request.user)
    except RefusedError as refusal:
        messages.info(request, str(refusal))
    return redirect("jobs:progress", pk=pk)


@require_POST
@requires(Perm.HOME)
def again(request: Request, pk: int) -> HttpResponse:
    """Let a job that came to nothing be done anew."""
    job = get_object_or_404(jobs_seen(request.user), pk=pk)
    with refusals_told(request):
        tasks.waited_for(actions.retry_job(job, by=request.user))
    return redirect("jobs:progress", pk=pk)
