"""How a peer is asked: a JSON object a line on standard input, answered by one on standard output."""
import json
import sys
import time


def serve(handlers):
    """Answers requests until the input ends; `handlers` maps what is to be done to a function of the request."""
    for line in sys.stdin:
        request = json.loads(line)
        print(json.dumps(handlers[request["do"]](request)), flush=True)


def timed(work):
    """Runs `work`, which returns the amount that it did."""
    start = time.perf_counter()
    units = work()
    return {"seconds": time.perf_counter() - start, "units": units}
