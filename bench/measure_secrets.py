"""Times a scan with and without secrets, and Trivy's, in turn; ratios are of CPU."""

import os
import shutil
import sys

from measure import Contender, compare


def main():
    work, layout, archive, farguard, trivy = (os.path.abspath(path) for path in sys.argv[1:])
    cache = f"{work}/trivy-secret-cache"

    def ours(name, target, scanners):
        command = [farguard, "scan", target, "--scanners", scanners, "--no-cache", "--quiet",
                   "--allow-gaps", "--fail-on", "never", "--format", "json"]
        return Contender(name, command)

    def trivys():
        command = [trivy, "image", "--scanners", "secret", "--input", archive, "--offline-scan",
                   "--skip-db-update", "--quiet", "--format", "json"]
        return Contender("trivy, secrets only", command, lambda: shutil.rmtree(cache, ignore_errors=True),
                         TRIVY_CACHE_DIR=cache)

    for kind, target in (("OCI layout", f"oci:{layout}"), ("docker-archive", f"docker-archive:{archive}")):
        compare(f"{kind}, nothing cached", "without secrets", [
            ours("without secrets", target, "checks"),
            ours("with secrets", target, "checks,secrets"),
        ], 3)
    compare("docker-archive beside Trivy", "with secrets", [
        ours("with secrets", f"docker-archive:{archive}", "checks,secrets"),
        trivys(),
    ], 1)


if __name__ == "__main__":
    main()
