"""A multilingual encoder as a teacher: nerpipe beside PyTorch and ONNX Runtime, and beside the machine."""
import pathlib
import sys

from measure import Worker, in_turns, median, rate
from report import Row

PEERS = pathlib.Path(__file__).parent / "peers"


def transformer(inputs, rounds, folder=None, sequences=None):
    """`folder` and `sequences` (a JSON array of arrays of pieces) are real ones; without them a random 12 x 384 is made."""
    ours, theirs = Worker([inputs.program]), Worker([sys.executable, f"{PEERS}/transformer.py"], {"OMP_NUM_THREADS": "1"})
    version = theirs.ask(do="versions")["detail"]
    model, given = folder or inputs.path("transformer"), sequences or inputs.path("transformer-pieces.json")
    if not folder and not pathlib.Path(given).exists():
        theirs.ask(do="make", model=model, sequences=given, tokens=300)

    def mine(**request):
        return ours.ask(model=model, sequences=given, **request)

    def peer(**request):
        return theirs.ask(model=model, sequences=given, **request)

    logits = inputs.path("transformer-logits.f32")
    mine(do="transformer-logits", output=logits)
    # ONNX Runtime too: what was traced on one shape need not be right on another.
    differences = {mode: peer(do="compare", output=logits, mode=mode, batch=1024)["check"] for mode in ("eager", "onnx")}
    difference = differences["eager"]
    if not max(differences.values()) < 1e-4:
        sys.exit(f"transformer: the logits differ by {differences}: not the same network")
    sides = {}
    for name, modes in (("PyTorch", ("eager", "compile")), ("ONNX Runtime", ("onnx",)), ("PyTorch dynamic int8", ("int8",))):
        settings = [{"mode": mode, "batch": batch} for mode in modes for batch in (512, 2048, 8192)]
        for setting in settings:
            peer(do="score", **setting)  # compiles
        sides[name] = max(settings, key=lambda setting: rate(peer(do="score", **setting)))
    full, int8, bf16, peak, *others = in_turns(
        rounds, lambda: mine(do="transformer"), lambda: mine(do="transformer", precision="int8"),
        lambda: mine(do="transformer", precision="bf16"), lambda: mine(do="transformer-peak"),
        *(lambda setting=setting: peer(do="score", **setting) for setting in sides.values()))
    others = dict(zip(sides, others))
    memory = f"{ours.close():.0f} MiB against {theirs.close():.0f} MiB"
    what = (f"pieces to logits, one thread, processor time, the same weights and sentences; PyTorch {version['torch']}, transformers "
            f"{version['transformers']}, ONNX Runtime {version['onnxruntime']}, sentences sorted by length. Largest difference of a logit in 32 bits {difference:.1e}")

    def row(name, a, b, note, goal=""):
        return Row(f"transformer, {name}", [rate(x) / rate(y) for x, y in zip(a, b)], f"{median(map(rate, a)):.0f} pieces/s",
                   f"{median(map(rate, b)):.0f} pieces/s", f"{what}; {note}", goal, memory, ["bench transformer", "peers/transformer.py"])

    share = [x["operations"] / x["seconds"] / (y["operations"] / y["seconds"]) for x, y in zip(full, peak)]
    return [
        row("32 bits, PyTorch", full, others["PyTorch"], f"best of eager, compiled, and 512, 2048, 8192 pieces a call: {sides['PyTorch']}", ">= 1.5"),
        row("32 bits, ONNX Runtime", full, others["ONNX Runtime"], f"best size: {sides['ONNX Runtime']}", ">= 1.2"),
        Row("transformer, 32 bits: products of the peak", share, f"{median(x['operations'] / x['seconds'] for x in full) / 1e9:.0f} GFLOP/s",
            f"{median(x['operations'] / x['seconds'] for x in peak) / 1e9:.0f} GFLOP/s",
            "operations of all products against multiply-adds in registers, measured in turn", ">= 0.75", commands=["bench transformer|transformer-peak"]),
        row("8 bits, our 32 bits", int8, full, "outlier channels apart", ">= 1.6"),
        row("8 bits, PyTorch dynamic int8", int8, others["PyTorch dynamic int8"], f"best size: {sides['PyTorch dynamic int8']}"),
        row("bfloat16, our 32 bits", bf16, full, "faster only where the CPU has AVX512_BF16"),
    ]
