import datetime as dt

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in

SEALED_EVERY = dt.timedelta(minutes=1)
PROVEN_EVERY = SWEPT_EVERY = dt.timedelta(days=1)


class CoreConfig(AppConfig):
    name = "nastavnik.core"
    label = "core"

    def ready(self) -> None:
        from nastavnik.core import audit, expired, looks, sessions, signins
        from nastavnik.core.holdings import HELD
        from nastavnik.core.hooks import holdings, periodic, retention

        holdings.register(*HELD)
        user_logged_in.connect(sessions.begin, dispatch_uid="nastavnik.core.sessions")
        retention.register(expired.SESSIONS)
        retention.register(expired.ATTEMPTS)
        retention.register(looks.LOOKS)
        retention.register(signins.SIGN_INS)
        periodic.register(periodic.Task("retention", SWEPT_EVERY, retention.forget_all))
        periodic.register(periodic.Task("seal-audit", SEALED_EVERY, audit.seal_all))
        periodic.register(periodic.Task("verify-audit", PROVEN_EVERY, audit.check_and_keep))
