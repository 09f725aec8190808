"""Settings of gunicorn: one process, several threads (docs/decisions/0010)."""

import os
import tempfile

bind = os.environ.get("NASTAVNIK_BIND", "127.0.0.1:8000")
worker_class = "gthread"
workers = int(os.environ.get("NASTAVNIK_WORKERS", "1"))
threads = int(os.environ.get("NASTAVNIK_THREADS", "8"))
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else tempfile.gettempdir()  # noqa: PTH112, S108
timeout = 60
graceful_timeout = 10
keepalive = 5
limit_request_line = 4094
accesslog = None  # addresses carry tokens, and who looked at what is personal data
errorlog = "-"
loglevel = "warning"
control_socket_disable = True
