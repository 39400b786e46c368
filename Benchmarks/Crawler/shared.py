"""What the crawler's benchmarks share: building ours, serving a site, measuring a process."""
import json
import os
import pathlib
import subprocess
import sys

here = pathlib.Path(__file__).resolve().parent
repository = here.parent.parent
PORT, PER_HOST = 28411, 16
SEED = f"http://127.0.0.2:{PORT}/"


def build():
    if "WIT_BENCHMARK" in os.environ:
        return os.environ["WIT_BENCHMARK"]
    arguments = ["swift", "build", "-c", "release", "--package-path", str(here)]
    subprocess.run(arguments, check=True, stdout=sys.stderr)
    folder = subprocess.run([*arguments, "--show-bin-path"], check=True, capture_output=True, text=True).stdout
    return folder.strip() + "/CrawlerBenchmark"


class Server:
    """nginx over the folder `site` of a folder; its log says what was asked."""

    def __init__(self, folder):
        self.state = folder / "nginx"
        subprocess.run([repository / "scripts/serve-site", folder / "site", str(PORT), self.state], check=True)
        self.log = open(self.state / "access.log")

    def asked(self):
        """Pages that were answered with 200 since the last call, each with how often."""
        pages = {}
        for line in self.log:
            status, path = line.split()[1], line.split()[3]
            if status == "200" and path.split("?")[0].endswith((".html", "/")):
                pages[path] = pages.get(path, 0) + 1
        return pages

    def stop(self):
        subprocess.run([repository / "scripts/serve-site", "--stop", self.state])


def measure(command):
    """What a process says of itself, with the kernel's account of it."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"{command[0]} failed")
    facts = json.loads(output.splitlines()[-1])
    return facts | {"cpu": usage.ru_utime + usage.ru_stime, "mib": usage.ru_maxrss / 1024}
