"""Scoring and updating against the same network in PyTorch, and how much of the machine they use; a package beside fastText."""
import filecmp
import json
import math
import os
import sys

from measure import Run, Worker, first_byte, in_turns, median, rate
from report import Row

PEERS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "peers")


def evaluated(inputs, precision):
    """F1 of the teacher on a development set, its own language's and the target's."""
    if inputs.is_real:
        sets = [("en", f"{inputs.data}/ner/conll2003/en/dev.tsv.zst", "MISC=O")] + [
            (language, f"{inputs.data}/ner/masakhaner2/{language}/dev.tsv.zst", "DATE=O") for language in ("swa", "kin", "hau", "luo", "yor")]
    else:
        sets = [(language, f"{inputs.data}/{language}/dev.conll.zst", "") for language in ("qaa", "qac")]
    scores = {}
    for language, path, kept in sets:
        command = [inputs.nerpipe, "evaluate", "--model", inputs.teacher, "--lang", language, "--bootstrap", "0", "--json", "--precision", precision, path]
        scores[language] = json.loads(Run(command + (["--map", kept] if kept else [])).output)["overall"]["f1"]
    return scores


class Taggers:
    """The program and the peer, on the same model and stream."""

    def __init__(self, inputs, model, is_frozen):
        self.inputs = inputs
        # The peer reads dense vectors; both get the same sentences.
        self.stream = inputs.stream("scored", inputs.lines(25_000), compress="always", options="--dense")
        self.model = model
        self.ours = Worker([inputs.program])
        self.theirs = Worker([sys.executable, f"{PEERS}/torch_tagger.py"], {"TORCHINDUCTOR_FREEZING": str(int(is_frozen))})
        self.version = self.theirs.ask(do="versions")["detail"]
        # Without it autocast runs plain loops, up to a hundred times as slow as float32: no peer.
        self.has_bfloat16 = self.version["bfloat16"]

    def mine(self, **request):
        return self.ours.ask(model=self.model, stream=self.stream, **request)

    def peer(self, **request):
        return self.theirs.ask(model=self.model, stream=self.stream, **request)

    def close(self):
        return f"{self.ours.close():.0f} MiB against {self.theirs.close():.0f} MiB"


def reduced_against_full(taggers, rounds):
    """With the instructions for 8 bits that this processor has, and without them."""
    rows = []
    for name, environment, goal in (("", None, ">= 2.5"), (", without VNNI", {"NERPIPE_EXTENSIONS": "none"}, ">= 1.5")):
        program = Worker([taggers.inputs.program], environment)
        ask = lambda precision: program.ask(do="score", jobs=1, precision=precision, model=taggers.model, stream=taggers.stream)
        reduced, full = in_turns(rounds, lambda: ask("reduced"), lambda: ask("full"))
        program.close()
        rows.append(Row(
            f"score, 1 thread, reduced against full precision{name}", [rate(x) / rate(y) for x, y in zip(reduced, full)],
            f"{median(map(rate, reduced)) / 1e6:.2f} M tokens/s", f"{median(map(rate, full)) / 1e6:.2f} M tokens/s",
            "products of 8-bit whole numbers against 32-bit floats, batches in memory", goal, commands=["bench score"]))
    return rows


def score(inputs, rounds):
    taggers = Taggers(inputs, inputs.teacher, is_frozen=True)
    probabilities = inputs.path("probabilities.f32")
    taggers.mine(do="probabilities", output=probabilities)
    difference = taggers.peer(do="probabilities", output=probabilities)["check"]
    if not difference < 1e-3:
        sys.exit(f"score: the probabilities differ by {difference}: not the same network")
    f1 = {precision: evaluated(inputs, precision) for precision in ("full", "reduced")}
    losses = [f1["full"][language] - f1["reduced"][language] for language in f1["full"]]
    rows, peaks = [], {}
    for jobs in (1, 2):
        settings = [{"mode": mode, "batch": batch} for mode in ("eager", "compile") for batch in (512, 2048)]
        best = max(settings, key=lambda s: rate(taggers.peer(do="score", jobs=jobs, **s)))
        for precision in ("full", "reduced"):
            a, b, c = in_turns(
                rounds, lambda: taggers.mine(do="score", jobs=jobs, precision=precision),
                lambda: taggers.peer(do="score", jobs=jobs, **best), lambda: taggers.mine(do="peak", jobs=jobs))
            rows.append(Row(
                f"score, {jobs} thread{'s' if jobs > 1 else ''}, {precision} precision", [rate(x) / rate(y) for x, y in zip(a, b)],
                f"{median(map(rate, a)) / 1e6:.2f} M tokens/s", f"{median(map(rate, b)) / 1e6:.2f} M tokens/s",
                f"rows and features to probabilities, batches in memory; PyTorch {taggers.version['torch']} ({taggers.version['cpu']}), float32, "
                f"inference mode, weights frozen, {best['mode']}, {best['batch']} tokens a call: the best of eager and torch.compile at 512 and 2048. Largest "
                f"difference of a probability {difference:.1e} (full)."
                + (f" F1 lost by reduced precision: mean {sum(losses) / len(losses):+.3f} ({', '.join(f'{language} {loss:+.2f}' for language, loss in zip(f1['full'], losses))})"
                   if precision == "reduced" else ""),
                ">= 3" if precision == "full" else ">= 6", commands=["bench score", "peers/torch_tagger.py"]))
            if precision == "full":
                share = [x["operations"] / x["seconds"] / (y["operations"] / y["seconds"]) for x, y in zip(a, c)]
                rows.append(Row(
                    f"score, {jobs} thread{'s' if jobs > 1 else ''}: products executed of the peak", share,
                    f"{median(x['operations'] / x['seconds'] for x in a) / 1e9:.0f} GFLOP/s",
                    f"{median(x['operations'] / x['seconds'] for x in c) / 1e9:.0f} GFLOP/s",
                    "operations of the matrix products that were really executed (after minimal filtering and the cache), against multiply-adds "
                    "in registers, measured in turn", ">= 0.7", commands=["bench score|peak"]))
                written = [x["detail"]["written"] / x["seconds"] for x in a]
                peak = [y["operations"] / y["seconds"] for y in c]
                rows.append(Row(
                    f"score, {jobs} thread{'s' if jobs > 1 else ''}: the network as written, of the peak", [x / y for x, y in zip(written, peak)],
                    f"{median(written) / 1e9:.0f} GFLOP/s", f"{median(peak) / 1e9:.0f} GFLOP/s",
                    "every product of the network for every token, done or saved; no program that does them all can exceed 1",
                    commands=["bench score|peak"]))
        if not taggers.has_bfloat16:
            continue
        a, b = in_turns(rounds, lambda: taggers.mine(do="score", jobs=jobs, precision="reduced"),
                        lambda: taggers.peer(do="score", jobs=jobs, mode="compile", batch=2048, type="bfloat16"))
        rows.append(Row(
            f"score, {jobs} thread{'s' if jobs > 1 else ''}, reduced against bfloat16", [rate(x) / rate(y) for x, y in zip(a, b)],
            f"{median(map(rate, a)) / 1e6:.2f} M tokens/s", f"{median(map(rate, b)) / 1e6:.2f} M tokens/s",
            "products of 8-bit whole numbers here; the other side is PyTorch's autocast to bfloat16, torch.compile, 2048 tokens a call", commands=["bench score"]))
    rows += reduced_against_full(taggers, rounds)
    memory = taggers.close()
    for row in rows:
        row.memory = memory
    return rows


def update(inputs, rounds):
    taggers = Taggers(inputs, inputs.novice, is_frozen=False)
    ours = taggers.mine(do="losses", tokens=2000)["detail"]
    theirs = taggers.peer(do="losses", updates=3)["detail"]
    first, second = (abs(ours[i] / theirs[i] - 1) for i in ("0", "1"))
    if not (first < 1e-4 and second < 2e-2):
        sys.exit(f"update: losses {ours} against {theirs}: not the same training step")
    rows = []
    for jobs in (1, 2):
        best = max(("eager", "compile"), key=lambda mode: rate(taggers.peer(do="update", jobs=jobs, mode=mode, batch=700, updates=200)))
        a, b, c = in_turns(
            rounds, lambda: taggers.mine(do="update", jobs=jobs), lambda: taggers.peer(do="update", jobs=jobs, mode=best, batch=700, updates=200),
            lambda: taggers.mine(do="peak", jobs=jobs))
        name = f"update, {jobs} thread{'s' if jobs > 1 else ''}"
        rows.append(Row(
            name, [rate(x) / rate(y) for x, y in zip(a, b)], f"{median(map(rate, a)) / 1e3:.0f} k tokens/s",
            f"{median(map(rate, b)) / 1e3:.0f} k tokens/s",
            f"forward, squared error, backward, clipping and AdamW on 700 tokens, dropout 0.15 and 0.2; PyTorch {taggers.version['torch']}, {best} (the better of "
            "eager and torch.compile), fused AdamW, masks from a pool, batches in memory. First losses without dropout agree to "
            f"{first:.0e}, after one update to {second:.0e}", ">= 4.5" if "AVX512" in taggers.version["cpu"] else ">= 3", commands=["bench update", "peers/torch_tagger.py"]))
        share = [x["operations"] / x["seconds"] / (y["operations"] / y["seconds"]) for x, y in zip(a, c)]
        rows.append(Row(
            f"{name}: products executed of the peak", share, f"{median(x['operations'] / x['seconds'] for x in a) / 1e9:.0f} GFLOP/s",
            f"{median(x['operations'] / x['seconds'] for x in c) / 1e9:.0f} GFLOP/s",
            "as for score: forward, gradients of weights and of inputs", ">= 0.6", commands=["bench update|peak"]))
        a, c = in_turns(
            rounds, lambda: taggers.mine(do="update", jobs=jobs, precision="reduced"), lambda: taggers.mine(do="update", jobs=jobs))
        rows.append(Row(
            f"{name}, reduced against full precision", [rate(x) / rate(y) for x, y in zip(a, c)], f"{median(map(rate, a)) / 1e3:.0f} k tokens/s",
            f"{median(map(rate, c)) / 1e3:.0f} k tokens/s", "the same updates", ">= 1.4", commands=["bench update"]))
        if not taggers.has_bfloat16:
            continue
        peer = lambda mode, **more: taggers.peer(do="update", jobs=jobs, mode=mode, batch=700, type="bfloat16", **more)
        best = max(("eager", "compile"), key=lambda mode: rate(peer(mode, updates=200)))
        a, b = in_turns(rounds, lambda: taggers.mine(do="update", jobs=jobs, precision="reduced"), lambda: peer(best, updates=200))
        rows.append(Row(
            f"{name}, reduced against bfloat16", [rate(x) / rate(y) for x, y in zip(a, b)], f"{median(map(rate, a)) / 1e3:.0f} k tokens/s",
            f"{median(map(rate, b)) / 1e3:.0f} k tokens/s", f"products of bfloat16, sums, weights and moments in 32 bits; PyTorch's autocast, {best}", ">= 3",
            commands=["bench update"]))
    memory = taggers.close()
    for row in rows:
        row.memory = memory
    return rows


def package(inputs, rounds, base=None):
    """
    Start to first label, and memory of `tag`, with a package of all rows in a folder.

    :param base: an older nerpipe to compare with
    """
    folder = inputs.make("package", f"{inputs.nerpipe} model package {inputs.teacher} --lang {inputs.target} -q -o $OUT")
    size = sum(file.stat().st_size for file in folder.iterdir())
    sentence = inputs.make("sentence.txt", f"grep -m 1 -E '^.{{40,120}}$' {inputs.text} > $OUT")
    text = inputs.make("text-5M.txt", f"head -c 5000000 {inputs.text} > $OUT")
    labelled = inputs.make("labelled-lines.txt", f"head -n 60000 {inputs.text} | awk '{{ print \"__label__\" NR % 7, $0 }}' > $OUT")
    train = lambda width: inputs.make(
        f"classifier-{width}", f"mkdir $OUT && fasttext supervised -input {labelled} -output $OUT/model -dim {width} -epoch 1 -minCount 1 -thread 2 > /dev/null 2>&1") / "model.bin"
    # The size is a line in the width.
    narrow, wide = (train(width).stat().st_size for width in (10, 20))
    model = train(max(1, round(10 + 10 * (size - narrow) / (wide - narrow))))
    tag = lambda program, *options: [program, "tag", "--model", folder, "--lang", inputs.target, "-q", "-j", "1", *options]
    ours, theirs = in_turns(
        20, lambda: first_byte(tag(inputs.nerpipe, sentence)), lambda: first_byte(["fasttext", "predict", model, sentence]))
    rows = [Row(
        "a package: start to first label, fastText", [median(ours) / median(theirs)], f"{median(ours) * 1e3:.1f} ms", f"{median(theirs) * 1e3:.1f} ms",
        f"whole processes to the first byte that they print, one sentence, medians of 20; nerpipe tag with a package of {size / 1e6:.1f} MB, whose content is compared "
        f"with its digest, fasttext predict with a model of {model.stat().st_size / 1e6:.1f} MB", "<= 1", commands=["nerpipe tag", "fasttext predict"])]
    runs = in_turns(min(rounds, 5), lambda: Run(tag(inputs.nerpipe, text, "-o", inputs.path("package-tagged"), "--force")),
                    *([lambda: Run(tag(base, text, "-o", inputs.path("base-tagged"), "--force"))] if base else []))
    peaks = [run.memory for run in runs[0]]
    # One that is not known could be the largest.
    peak = (math.nan if any(map(math.isnan, peaks)) else max(peaks)) * (1 << 20) / 1e6
    rows.append(Row(
        "a package: peak memory of tag, of 40 MB", [peak / 40], f"{peak:.1f} MB", "40 MB",
        "text of 5 MB, one job, files that are mapped and the program itself counted; the goal itself", "<= 1", commands=["nerpipe tag"]))
    if base:
        if not filecmp.cmp(inputs.path("package-tagged"), inputs.path("base-tagged"), shallow=False):
            sys.exit("package: the older program gives other labels")
        rows.append(Row(
            "a package: tag, --base", [b.processor_seconds / a.processor_seconds for a, b in zip(*runs)], f"{median(run.processor_seconds for run in runs[0]):.2f} s",
            f"{median(run.processor_seconds for run in runs[1]):.2f} s", "processor time of the same; the same bytes", "",
            f"{runs[0][0].memory:.0f} MiB against {runs[1][0].memory:.0f} MiB", ["nerpipe tag"]))
    return rows
