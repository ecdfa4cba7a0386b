"""gunicorn behind the gateway: threads for blocking sockets, gentle stops."""

bind = "0.0.0.0:8000"
control_socket_disable = True
worker_class = "gthread"
workers = 2
threads = 8
timeout = 30
graceful_timeout = 25
keepalive = 5
max_requests = 20000
max_requests_jitter = 2000
worker_tmp_dir = "/dev/shm"  # noqa: S108
accesslog = None
forwarded_allow_ips = "*"
