"""Get JupyterHub and its proxy for the tests of the deployment, into a folder of their own."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

REPO = Path(__file__).parent.parent
HUB = REPO / ".cache" / "hub"
PYTHON = HUB / "venv" / "bin" / "python"
PROXY = HUB / "node_modules" / ".bin" / "configurable-http-proxy"


def main() -> None:
    """Install what is not there yet."""
    if not shutil.which("npm"):
        sys.exit("JupyterHub's proxy comes from npm. Install Node.js, then run 'make hub' again.")
    HUB.mkdir(parents=True, exist_ok=True)
    if not (HUB / "ready").exists():
        print("Setting up JupyterHub in .cache/hub (once, a minute or two) ...", flush=True)
        subprocess.run([sys.executable, "-m", "venv", str(HUB / "venv")], check=True)
        pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "-e", f"{REPO}[hub]"], check=True)
        npm = ["npm", "install", "--silent", "--no-fund", "configurable-http-proxy@5.3.0"]
        subprocess.run(npm, check=True, cwd=HUB)
        (HUB / "ready").touch()


if __name__ == "__main__":
    main()
