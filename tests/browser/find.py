"""Finds the Chromium for the browser tests, or brings one: on PATH, else from the system's package manager, else playwright's."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def chromium() -> str | None:
    """The path of a Chromium on this machine (CHROMIUM names one), or None for playwright's own."""
    if given := os.environ.get("CHROMIUM"):
        return given
    return next((found for name in NAMES if (found := shutil.which(name))), None)


def main() -> None:
    """Install a browser if there is none; exit 1 with what to do when none can be had."""
    if chromium():
        return
    if os.geteuid() == 0 and shutil.which("apt-get"):
        print("→ Installing Chromium with apt-get …", flush=True)
        subprocess.run(["apt-get", "update", "-qq"], check=False)
        env = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        if (
            subprocess.run(["apt-get", "install", "-y", "-qq", "chromium"], env=env, check=False).returncode == 0
            and chromium()
        ):
            return
    print("→ Installing playwright's Chromium …", flush=True)
    if subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False).returncode:
        sys.exit("No Chromium. Install one (Debian: apt-get install chromium) or set CHROMIUM to its path.")


if __name__ == "__main__":
    main()
