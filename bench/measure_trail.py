"""Times reading CloudTrail files part by part, then `farguard detect` as a whole, in turn; medians,
ratios of CPU to only inflating.

Usage: measure_trail.py TRAIL_BENCH FARGUARD DIRECTORY RULES...
"""

import os
import statistics
import subprocess
import sys
import time

ROUNDS = 3
CASES = [("inflate", 1), ("records", 1), ("fields", 1), ("rules", 1), ("detect", 1), ("detect", 2)]


def run(bench, farguard, data, rules, mode, workers):
    if mode == "detect":
        command = [farguard, "detect", "--trail", data, "--workers", str(workers), "--no-builtin-rules"]
        command += [argument for path in rules for argument in ("-r", path)]
    else:
        command = [bench, mode, data, str(workers), *(rules if mode == "rules" else [])]
    start = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    # 1 means alerts.
    if os.waitstatus_to_exitcode(status) not in (0, 1):
        sys.exit(f"{' '.join(command)} failed")
    return usage.ru_utime + usage.ru_stime, time.monotonic() - start, usage.ru_maxrss / 1024


def main():
    bench, farguard, data, *rules = sys.argv[1:]
    times = {case: [] for case in CASES}
    for _ in range(ROUNDS):
        for case in CASES:
            times[case].append(run(bench, farguard, data, rules, *case))
    medians = {case: [statistics.median(column) for column in zip(*runs)] for case, runs in times.items()}
    floor = medians["inflate", 1][0]
    print("| what | workers | CPU s | to inflating | wall s | peak MiB |\n|---|---|---|---|---|---|")
    for (mode, workers), (cpu, wall, peak) in medians.items():
        print(f"| {mode} | {workers} | {cpu:.2f} | {cpu / floor:.2f} x | {wall:.2f} | {peak:.0f} |")


main()
