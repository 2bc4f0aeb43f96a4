"""Whether the web server in this container is alive: exit code 0 or 1."""

import sys
import urllib.error
import urllib.request

try:
    with urllib.request.urlopen("http://localhost:8000/healthz", timeout=4) as answer:
        sys.exit(answer.status != 200)
except (urllib.error.URLError, OSError):
    sys.exit(1)
