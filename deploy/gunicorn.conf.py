"""gunicorn for the pages: gunicorn -c deploy/gunicorn.conf.py config.wsgi:application. Numbers from the environment."""

import os

# Two doors: 8001 for pages, 8002 for sittings, where the member's time is running. A worker takes from both in turn, so a
# rush of starts waits at the first door, before the time begins, and its papers never wait behind it.
# Under systemd both come from hoithi-pages.socket.
bind = os.environ.get("PAGES_BIND", "127.0.0.1:8001,127.0.0.1:8002").split(",")
# Threads, because a page mostly waits for PostgreSQL; processes, because Python computes in one thread at a time.
worker_class = "gthread"
workers = int(os.environ.get("PAGES_WORKERS", "2"))  # one a core
threads = int(os.environ.get("PAGES_THREADS", "4"))  # not above DATABASE_POOL: a thread without a connection only waits
worker_connections = threads  # take no more than is worked on: a queue inside a worker would mix the two doors again
keepalive = 0  # a kept connection would count as taken; a new one on loopback costs a hundredth of a page
# TCP, not a unix socket: a full backlog makes TCP wait and a unix socket fail at once.
backlog = 2048
timeout = 60  # a worker whose main loop is silent that long is killed
graceful_timeout = 30  # requests in work at a stop or restart
limit_request_line = 8190
limit_request_field_size = 8190
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: S108  heartbeats never wait for a disk
forwarded_allow_ips = "127.0.0.1,::1"
preload_app = False  # a connection pool must not be shared across fork
accesslog = None  # nginx keeps it
errorlog = "-"
loglevel = os.environ.get("GUNICORN_LOG_LEVEL", "warning")
control_socket_disable = True
