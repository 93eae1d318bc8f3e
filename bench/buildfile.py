"""Times a scan of a build file of 1,000 instructions beside hadolint. Usage: buildfile.py WORK FARGUARD HADOLINT"""

import os
import sys

from measure import Contender, compare

STEP = "RUN apt-get update && apt-get install -y curl={0} && curl -fsSL https://example.com/{0} -o /tmp/{0}\n"


def main():
    work, farguard, hadolint = (os.path.abspath(path) for path in sys.argv[1:])
    path = f"{work}/Dockerfile"
    with open(path, "w") as file:
        file.write("FROM debian:12\n" + "".join(STEP.format(n) for n in range(1_000)))
    ours = [farguard, "scan", path, "--quiet", "--fail-on", "never", "--format", "json"]
    compare("a Dockerfile of 1,001 lines", "hadolint", [
        Contender("farguard", ours),
        Contender("hadolint", [hadolint, "--no-fail", "--format", "json", path]),
    ], 5)


if __name__ == "__main__":
    main()
