"""JupyterHub for many trainers: each has a Voila server with the trainer's room and the workshops.

    export COLLABCOMM_TRAINERS="tina tom"                    # who may come in
    export COLLABCOMM_COURSE=/srv/course                     # the course folder
    export COLLABCOMM_DATABASE_URL=postgresql://.../course   # the service's database
    export COLLABCOMM_SITE_URL=https://course.example.org    # the service, as phones reach it
    jupyterhub -f deploy/jupyterhub_config.py

It listens on this machine only, for a web server in front. Trainers run the course's notebooks and
nothing else: no Lab, no files, no code of their own. So all their servers run as the hub's own
user, and the database tells their rooms apart by name. Whoever has an account on this machine could
reach these servers past the hub: give accounts to nobody else.

Trainers log in with their accounts on this machine (PAM), or by another authenticator whose class
``COLLABCOMM_HUB_AUTHENTICATOR`` names. For a trial one password for all will do:
``COLLABCOMM_HUB_TRIAL_PASSWORD``. The assessor's desk shows every cohort to whoever opens it, so it
is there only with ``COLLABCOMM_HUB_DESK=1``.
"""

import os
import sys
from pathlib import Path

from collabcomm.course.loader import load
from collabcomm.workshop import voila

NEEDED = (
    "COLLABCOMM_TRAINERS",
    "COLLABCOMM_COURSE",
    "COLLABCOMM_DATABASE_URL",
    "COLLABCOMM_SITE_URL",
)
# A server whose page was silent for so long is stopped; its rooms stay in the database.
IDLE_SECONDS = int(os.environ.get("COLLABCOMM_HUB_IDLE_SECONDS", "7200"))

missing = [name for name in NEEDED if not os.environ.get(name)]
if missing:
    sys.exit(f"Set {', '.join(missing)} first: the top of {__file__} shows how.")
trainers, course, database, site = (os.environ[name] for name in NEEDED)
gathered = voila.gather(load(Path(course)), Path("notebooks").resolve())

if not os.environ.get("COLLABCOMM_HUB_DESK"):
    (gathered / "notebooks" / voila.PAGES["quizzes/results.ipynb"]).unlink(missing_ok=True)

c = get_config()  # noqa: F821 (JupyterHub gives it)
c.JupyterHub.bind_url = "http://127.0.0.1:8100"

if password := os.environ.get("COLLABCOMM_HUB_TRIAL_PASSWORD"):
    c.JupyterHub.authenticator_class = "dummy"
    c.DummyAuthenticator.password = password
else:
    c.JupyterHub.authenticator_class = os.environ.get("COLLABCOMM_HUB_AUTHENTICATOR", "pam")
c.Authenticator.allowed_users = set(trainers.split())

c.JupyterHub.spawner_class = "simple"
c.SimpleLocalProcessSpawner.home_dir_template = str(Path("homes").resolve() / "{username}")
c.Spawner.ip = "127.0.0.1"
c.Spawner.http_timeout = 60
# The proxy before each Voila lets nobody in but its trainer; it fills port and address in.
c.Spawner.cmd = [str(Path(sys.executable).with_name("jupyter-standaloneproxy"))]
c.Spawner.args = [
    "--absolute-url",
    "--activity-interval=0",  # it would call each server active; the hub asks its proxy instead
    "--",
    *voila.command(gathered, "{port}"),
    "--base_url={base_url}/",
]
c.Spawner.environment = voila.environment(gathered, Path(course), database, site)

c.JupyterHub.services = [
    {
        "name": "idle",
        "command": [sys.executable, "-m", "jupyterhub_idle_culler", f"--timeout={IDLE_SECONDS}"],
    }
]
c.JupyterHub.load_roles = [
    {
        "name": "idle",
        "services": ["idle"],
        "scopes": ["list:users", "read:users:activity", "read:servers", "delete:servers"],
    }
]
