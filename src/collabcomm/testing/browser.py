"""Find a Chromium for browser tests, or get one and say what was done.

    python -m collabcomm.testing.browser

Exit code 1 where there is none and none can be had.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find_browser() -> str | None:
    """Return the path of a Chromium: the system's, or the one that Playwright keeps; else None."""
    for name in NAMES:
        if found := shutil.which(name):
            return found
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).is_file() else None


def main() -> None:
    """Make sure that there is a Chromium."""
    if found := find_browser():
        print(f"Browser tests use {found}")
        return
    print("No Chromium here: asking Playwright's installer for one ...", flush=True)
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)
    if not find_browser() and shutil.which("apt-get"):
        print("That did not work: asking apt for one ...", flush=True)
        root = [] if os.geteuid() == 0 else ["sudo", "-n"]
        subprocess.run([*root, "apt-get", "update", "-qq"], check=False)
        install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"]
        subprocess.run([*root, *install], check=False)
    found = find_browser()
    if not found:
        sys.exit("The browser tests need Chromium. Install it, then run 'make test' again.")
    print(f"Browser tests use {found}")


if __name__ == "__main__":
    main()
