"""Log lines that tell what broke and where, and never about whom."""

import logging
import traceback
from types import TracebackType
from typing import Any


class DiscreetFormatter(logging.Formatter):
    """Write the frames and the kind of an exception, not its message.

    A database error quotes the row it refused and a parser quotes its input: names and birth
    dates. For the same reason a failed request is named by its route, not by its path.
    """

    def format(self, record: logging.LogRecord) -> str:
        request = getattr(record, "request", None)
        if request is None:
            return super().format(record)
        match = getattr(request, "resolver_match", None)
        shown = logging.makeLogRecord(record.__dict__)
        route = match.route if match else "(no route)"
        shown.msg = "%s %s /%s"
        shown.args = (getattr(record, "status_code", "-"), request.method, route)
        return super().format(shown)

    def formatException(  # noqa: N802 - the name is logging's
        self,
        ei: tuple[type[BaseException], BaseException, TracebackType | None]
        | tuple[None, None, None],
    ) -> str:
        error = ei[1]
        lines: list[str] = []
        while error is not None:
            frames = traceback.extract_tb(error.__traceback__)
            lines += [f"  {frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
            kind = type(error)
            lines.append(f"{kind.__module__}.{kind.__qualname__}")
            error = error.__cause__ or error.__context__
        return "\n".join(lines)


LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": DiscreetFormatter,
            "format": "%(asctime)s %(levelname)s %(name)s: %(message)s",
        },
    },
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": "line"},
        "nowhere": {"class": "logging.NullHandler"},
    },
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": [], "level": "WARNING", "propagate": True},
        "nastavnik": {"level": "INFO"},
    },
}
