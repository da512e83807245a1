"""Rows of the report: a ratio, what both sides did, and whether the goal was met."""
import dataclasses
import json
import math
import statistics


@dataclasses.dataclass
class Row:
    """One comparison. `ratios` are those of the paired runs; the row's ratio is their median."""

    name: str
    ratios: list
    ours: str
    theirs: str
    what: str
    goal: str = ""
    memory: str = ""
    commands: list = dataclasses.field(default_factory=list)

    @property
    def ratio(self):
        return statistics.median(self.ratios)

    @property
    def is_met(self):
        """Whether the ratio is what the goal asks for; None without a goal, or when the ratio is not known."""
        if not self.goal or math.isnan(self.ratio):
            return None
        relation, bound = self.goal.split()
        return self.ratio >= float(bound) if relation == ">=" else self.ratio <= float(bound)

    @property
    def line(self):
        met = {True: "yes", False: "NO", None: ""}[self.is_met]
        spread = f"{min(self.ratios):.2f}-{max(self.ratios):.2f}" if len(self.ratios) > 1 else ""
        # What is not a number could not be measured.
        return (f"| {self.name} | {self.ours} | {self.theirs} | **{self.ratio:.2f}** | {spread} | {self.goal} | {met} "
                f"| {self.memory} |").replace("nan MiB", "unknown").replace("nan MB", "unknown").replace("**nan**", "unknown")


HEAD = ("| what | nerpipe | other | ratio | lowest-highest | goal | met | peak memory |\n"
        "|---|---|---|---|---|---|---|---|")


def known(ratio):
    return None if math.isnan(ratio) else ratio


def write_json(path, machine, rows):
    with open(path, "w", encoding="utf-8") as file:
        json.dump({"machine": machine,
                   "rows": [{**dataclasses.asdict(row), "ratios": [known(ratio) for ratio in row.ratios], "ratio": known(row.ratio), "is_met": row.is_met}
                            for row in rows]},
                  file, indent=1, allow_nan=False)
        file.write("\n")
