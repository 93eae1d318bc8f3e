"""Times rules over a capture beside sysdig. Usage: detect.py CAPTURE FARGUARD [RULES...]

Without rule files, only reading and printing are timed. sysdig is asked for events that there are
not: it reads and follows everything, and prints nothing.
"""

import sys

from measure import Contender, compare

ROUNDS = 5


def main():
    capture, farguard, *rules = sys.argv[1:]
    nothing = "evt.num = 0"
    reading = [
        Contender("sysdig", ["sysdig", "-r", capture, nothing]),
        Contender("farguard capture show", [farguard, "capture", "show", capture, "--filter", nothing]),
    ]
    compare("reading a capture", "sysdig", reading, ROUNDS)
    compare("printing every event", "sysdig", [
        Contender("sysdig", ["sysdig", "-r", capture]),
        Contender("farguard capture show", [farguard, "capture", "show", capture]),
    ], ROUNDS)
    if not rules:
        print("\nNo rules were timed: FALCO_RULES does not name a directory.")
        return
    every = [argument for path in rules for argument in ("-r", path)]
    detect = [farguard, "detect", "--capture", capture, "--no-builtin-rules"]
    compare("rules over a capture", "sysdig, no rules", [
        Contender("sysdig, no rules", ["sysdig", "-r", capture, nothing]),
        Contender("farguard, falco_rules.yaml", [*detect, "-r", rules[0]], good=(0, 1)),
        Contender("farguard, all rule files", [*detect, *every], good=(0, 1)),
    ], ROUNDS)


if __name__ == "__main__":
    main()
