"""What the import benchmarks share: our programs, the peers' Python, a server, and measuring from outside."""
import os
import pathlib
import shutil
import subprocess
import sys
import threading
import time

here = pathlib.Path(__file__).resolve().parent
repository = here.parent.parent
cache = pathlib.Path(os.environ.get("XDG_CACHE_HOME", pathlib.Path.home() / ".cache")) / "wit"
# img2dataset asks for albumentations below 2 and takes what pip finds.
PINS = ["img2dataset==1.47.0", "fastwarc==2.0.1", "warcio==1.8.1", "pillow==13.0.0"]
PORT = 28412
HOST = f"http://127.0.0.2:{PORT}"


def build():
    """Where our programs lie: `wit`, and `ArchiveBenchmark`, which only reads archives."""
    if "WIT_BENCHMARK" in os.environ:
        return pathlib.Path(os.environ["WIT_BENCHMARK"])
    environment = os.environ | {"WIT_BENCHMARKS": "1"}
    command = ["swift", "build", "-c", "release"]
    for product in ("wit", "ArchiveBenchmark"):
        subprocess.run(
            [*command, "--product", product], check=True, stdout=sys.stderr, cwd=repository, env=environment)
    folder = subprocess.run(
        [*command, "--show-bin-path"], check=True, capture_output=True, text=True, cwd=repository, env=environment)
    return pathlib.Path(folder.stdout.strip())


def peers():
    """The folder of a Python that has the peers."""
    folder = cache / "benchmark-import"
    stamp = folder / "installed"
    if not stamp.exists() or stamp.read_text() != " ".join(PINS):
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        subprocess.run([folder / "bin/pip", "install", "-q", "--disable-pip-version-check", *PINS], check=True)
        stamp.write_text(" ".join(PINS))
    return folder / "bin"


class Server:
    """nginx over the folder `site` of a folder."""

    def __init__(self, folder):
        self.state = folder / "nginx"
        subprocess.run([repository / "scripts/serve-site", folder / "site", str(PORT), self.state], check=True)

    def cpu(self):
        """CPU seconds of all its processes so far."""
        first = int((self.state / "nginx.pid").read_text())
        return sum(ticks(process) for process in descendants(first)) / os.sysconf("SC_CLK_TCK")

    def stop(self):
        subprocess.run([repository / "scripts/serve-site", "--stop", self.state])


def ticks(process):
    fields = pathlib.Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    return int(fields[11]) + int(fields[12])


def descendants(process):
    """A process and all below it."""
    found = [process]
    for parent in found:
        try:
            for children in pathlib.Path(f"/proc/{parent}/task").glob("*/children"):
                found += map(int, children.read_text().split())
        except (FileNotFoundError, ProcessLookupError):
            pass
    return found


def resident(process):
    """Bytes in memory of a process and all below it; what several share is counted once."""
    total = 0
    for one in descendants(process):
        try:
            for line in pathlib.Path(f"/proc/{one}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1]) << 10
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            pass
    return total


def measure(command, **options):
    """Runs a command: CPU seconds of it and all its children, seconds, and the most memory they held together."""
    start = time.monotonic()
    process = subprocess.Popen([str(word) for word in command], stdout=subprocess.PIPE, text=True, **options)
    most, ended = [0], threading.Event()

    def watch():
        while not ended.wait(0.05):
            most[0] = max(most[0], resident(process.pid))

    watcher = threading.Thread(target=watch)
    watcher.start()
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    ended.set()
    watcher.join()
    if status:
        sys.exit(f"{command[0]} failed:\n{output}")
    return {
        "cpu": usage.ru_utime + usage.ru_stime, "user": usage.ru_utime, "seconds": time.monotonic() - start,
        # Not ru_maxrss: a process begins with the peak of the one that forked it.
        "memory": most[0], "output": output,
    }


def fresh(folder):
    shutil.rmtree(folder, ignore_errors=True)
    return folder
