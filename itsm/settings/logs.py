"""One line per event on standard output, for people or for a log collector, with the request id."""

from typing import Any

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from core import context

_CHATTY = ("axes", "celery.beat", "celery.worker.strategy", "celery.app.trace", "celery.redirected")


def _with_request(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    if identity := context.request_id.get():
        event["request_id"] = identity
    return event


def _plain(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Django hands over whole request objects; a line holds only what can be written."""
    event.pop("request", None)
    event.pop("server_time", None)
    return event


def _people() -> structlog.dev.ConsoleRenderer:
    return structlog.dev.ConsoleRenderer(
        colors=False,
        pad_event_to=0,
        pad_level=False,
        exception_formatter=structlog.dev.plain_traceback,
    )


def logging(level: str, form: str) -> dict[str, Any]:
    """Django's LOGGING for the least level and the form "text" or "json"."""
    shared: list[Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        _plain,
        _with_request,
        structlog.processors.TimeStamper(fmt="%Y-%m-%dT%H:%M:%SZ", utc=True),
    ]
    json: list[Processor] = [
        # Local variables may hold passwords and what people wrote.
        structlog.processors.ExceptionRenderer(
            structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
        ),
        structlog.processors.JSONRenderer(ensure_ascii=False),
    ]
    renderer = json if form == "json" else [_people()]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": shared,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    *renderer,
                ],
            }
        },
        "handlers": {"out": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["out"], "level": level.upper()},
        "loggers": {
            "django": {"handlers": [], "propagate": True, "level": level.upper()},
            "django.server": {"handlers": [], "propagate": True},
            "django.utils.autoreload": {"level": "INFO"},
            # A line for each task every few seconds tells nobody anything.
            **{name: {"level": "WARNING"} for name in _CHATTY},
            "gunicorn": {"handlers": [], "propagate": True, "level": "WARNING"},
        },
    }
