"""Rows of the report: a ratio, what both sides did, and whether the goal was met."""
import dataclasses
import json
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
        """Whether the ratio is what the goal asks for; None without a goal."""
        if not self.goal:
            return None
        relation, bound = self.goal.split()
        return self.ratio >= float(bound) if relation == ">=" else self.ratio <= float(bound)

    @property
    def line(self):
        met = {True: "yes", False: "NO", None: ""}[self.is_met]
        spread = f"{min(self.ratios):.2f}-{max(self.ratios):.2f}" if len(self.ratios) > 1 else ""
        return (f"| {self.name} | {self.ours} | {self.theirs} | **{self.ratio:.2f}** | {spread} | {self.goal} | {met} "
                f"| {self.memory} |")


HEAD = ("| what | nerpipe | other | ratio | lowest-highest | goal | met | peak memory |\n"
        "|---|---|---|---|---|---|---|---|")


def write_json(path, machine, rows):
    with open(path, "w", encoding="utf-8") as file:
        json.dump({"machine": machine,
                   "rows": [{**dataclasses.asdict(row), "ratio": row.ratio, "is_met": row.is_met} for row in rows]},
                  file, indent=1)
        file.write("\n")
