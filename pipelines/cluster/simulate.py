#!/usr/bin/env python3
"""How long synchronous rounds take on many machines, by replaying measured times of units.

    pipelines/cluster/simulate.py seconds.txt --workers 1000 --rounds 500 --scale 4 --merge 2.5 [--slow 0.001:10] [--dies 0.0001] [--twins]

seconds.txt: what a unit took, a number a line: nerpipe of a job may be a wrapper that notes it. A time is drawn of them for every unit and round, and
multiplied by --scale (how much longer a round is). A share of the workers is slow by a factor in all rounds (--slow SHARE:FACTOR); a unit dies with a probability,
somewhere in its time, and is done again from its beginning. A round ends with its last unit, and then the merge. With --twins a unit that has taken twice the median
is begun a second time, by one of the workers that are done already; whichever ends first counts, because both make the same bytes. Prints the time, the
share of it in which workers compute for the result, and what an endless number of equal workers without merges would need.
"""
import argparse
import random
import statistics


def simulate(times, workers, rounds, scale, merge, slow, dies, twins, rng):
    """Seconds in all, and seconds of computing that were needed."""
    share, factor = slow
    factors = [factor if rng.random() < share else 1 for _ in range(workers)]
    total = useful = 0.0
    for _ in range(rounds):
        ends = []
        for worker in range(workers):
            time = rng.choice(times) * scale * factors[worker]
            end = time
            while rng.random() < dies:
                end += rng.random() * time
            ends.append(end)
            useful += time / factors[worker]
        if twins:
            median = statistics.median(ends)
            # Workers that are done are those that were quick: a twin takes an ordinary time.
            ends = [min(end, 2 * median + rng.choice(times) * scale) if end > 2 * median else end for end in ends]
        total += max(ends) + merge
    return total, useful


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("times")
    parser.add_argument("--workers", type=int, required=True)
    parser.add_argument("--rounds", type=int, required=True)
    parser.add_argument("--scale", type=float, default=1)
    parser.add_argument("--merge", type=float, default=0, help="seconds of a merge")
    parser.add_argument("--slow", default="0:1", help="SHARE:FACTOR")
    parser.add_argument("--dies", type=float, default=0, help="probability, of a unit in a round")
    parser.add_argument("--twins", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    a = parser.parse_args()
    times = [float(line) for line in open(a.times) if line.strip()]
    slow = tuple(float(part) for part in a.slow.split(":"))
    total, useful = simulate(times, a.workers, a.rounds, a.scale, a.merge, slow, a.dies, a.twins, random.Random(a.seed))
    ideal = useful / a.workers
    print(f"{total:.0f} s, {total / a.rounds:.2f} s a round; {100 * ideal / total:.0f} % of the time is computing that is needed; without waiting {ideal:.0f} s")


main()
