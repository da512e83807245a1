"""Tortures nerpipe; see README.md. run.sh builds what it needs."""
import argparse
import pathlib
import sys
import tempfile
import time

import corruption
import hostile
import interruption
import pipes
import resources
import rounds
import soak
from workshop import Tools, Workshop


def main():
    campaigns = {
        "interruption": lambda w, s, a: interruption.run(w, s, a.kills, a.seed, print),
        "rounds": lambda w, s, a: rounds.run(w, s, min(a.kills, 300), a.seed, print),
        "pipes": lambda w, s, a: pipes.run(w, s, a.rounds, a.seed, print),
        "resources": lambda w, s, a: resources.run(w, s, a.rounds, a.seed, print),
        "corruption": lambda w, s, a: corruption.run(w, s, a.mutations, a.seed, print),
        "hostile": lambda w, s, a: hostile.run(w, s, a.seed, print),
        "soak": lambda w, s, a: soak.run(w, s, a.seconds, print),
    }
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("campaigns", nargs="*", help=f"default: all of {', '.join(campaigns)}")
    parser.add_argument("--build", default="debug", help="debug or release; the layer of faults needs a dynamically linked program")
    parser.add_argument("--kills", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=40, help="of each kind of trouble in pipes and resources")
    parser.add_argument("--mutations", type=int, default=20_000)
    parser.add_argument("--seconds", type=int, default=3600, help="of the soak")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    unknown = [name for name in arguments.campaigns if name not in campaigns]
    if unknown:
        parser.error(f"no campaign {unknown[0]}; there are {', '.join(campaigns)}")
    complaints = []
    with tempfile.TemporaryDirectory(prefix="nerpipe-torture-") as scratch:
        scratch = pathlib.Path(scratch)
        workshop = Workshop(Tools(pathlib.Path(__file__).resolve().parents[2], arguments.build), scratch / "workshop")
        for name in arguments.campaigns or campaigns:
            start = time.monotonic()
            print(f"\n### {name}\n", flush=True)
            found = campaigns[name](workshop, scratch, arguments)
            complaints += found
            print(f"{name}: {len(found)} complaints, {time.monotonic() - start:.0f} s", flush=True)
            for complaint in found:
                print(f"- {complaint}", flush=True)
    sys.exit(1 if complaints else 0)


main()
