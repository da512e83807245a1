#!/usr/bin/env python3
"""The table of all options, from what the program says of itself.

    tools/package/options.py NERPIPE > docs/options.md

One row for each long name: its letter, whether a value follows, and the commands that have it. OptionTableTests holds the program to the table.
"""
import json
import subprocess
import sys

HEAD = """# Options

Made by `tools/package/options.py`; a test compares it with the program. An option of one name has one letter and one form in all commands; `--max-` and `--min-` begin limits, what can be
repeated is marked by `...`. Every command has `--help`, and the program `--version`.

| option | letter | value | commands |
|---|---|---|---|
"""


def main(program):
    text = subprocess.run([program, "--experimental-dump-help"], check=True, stdout=subprocess.PIPE).stdout
    rows = {}

    def visit(path, command):
        for argument in command.get("arguments", []):
            if argument["kind"] == "positional" or not argument.get("shouldDisplay", True):
                continue
            names = {name["kind"]: name["name"] for name in argument["names"]}
            if "long" not in names or names["long"] in ("help", "version"):
                continue
            value = argument.get("valueName", "") if argument["kind"] == "option" else ""
            form = (names.get("short", ""), argument["kind"] == "option")
            row = rows.setdefault(names["long"], {})
            row.setdefault(form, []).append((" ".join(path), value + (" ..." if argument["isRepeating"] and value else "")))
        for sub in command.get("subcommands", []):
            if sub["commandName"] != "help":
                visit(path + [sub["commandName"]], sub)

    visit([], json.loads(text)["command"])
    out = HEAD
    for name in sorted(rows):
        for (letter, takes), uses in sorted(rows[name].items()):
            values = sorted({value for _, value in uses})
            commands = ", ".join(sorted(command for command, _ in uses))
            out += f"| `--{name}` | {f'`-{letter}`' if letter else ''} | {'<br>'.join(values).replace('|', chr(92) + '|')} | {commands} |\n"
    sys.stdout.write(out)


if __name__ == "__main__":
    main(sys.argv[1])
