#!/usr/bin/env python3
"""Man pages of all commands, from what the program says of itself.

    manual.py NERPIPE FOLDER

runs `NERPIPE --experimental-dump-help` and writes FOLDER/nerpipe.1, FOLDER/nerpipe-distill.1, FOLDER/nerpipe-vectors-train.1 ... in the macros of
man(7). The same program gives the same bytes.
"""
import json
import subprocess
import sys
from pathlib import Path


def escaped(text):
    """Text as roff reads it: no command, hyphens that can be copied."""
    lines = []
    for line in text.split("\n"):
        line = line.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq").replace("^", "\\(ha").replace("~", "\\(ti")
        lines.append("\\&" + line if line.startswith(".") else line)
    return "\n".join(lines)


def name_of(argument):
    forms = {"long": "--{}", "short": "-{}", "longWithSingleDash": "-{}"}
    return [forms[name["kind"]].format(name["name"]) for name in argument.get("names", [])]


def usage(argument):
    value = escaped(argument.get("valueName", "value"))
    if argument["kind"] == "positional":
        text = f"\\fI{value}\\fR"
    else:
        names = name_of(argument)
        text = f"\\fB{escaped(max(names, key=len))}\\fR"
        if argument["kind"] == "option":
            text += f" \\fI{value}\\fR"
    if argument.get("isRepeating"):
        text += " ..."
    return f"[{text}]" if argument.get("isOptional") else text


def entry(argument):
    """One option with its explanation."""
    value = escaped(argument.get("valueName", "value"))
    if argument["kind"] == "positional":
        head = f"\\fI{value}\\fR"
    else:
        head = ", ".join(f"\\fB{escaped(name)}\\fR" for name in sorted(name_of(argument), key=len))
        if argument["kind"] == "option":
            head += f" \\fI{value}\\fR"
    text = argument.get("abstract", "")
    if argument.get("defaultValue") not in (None, ""):
        text += f" Default: {argument['defaultValue']}."
    return f".TP\n{head}\n{escaped(text.strip()) or '(as in the other form)'}\n"


def page(path, command, version):
    title = "-".join(path)
    shown = [argument for argument in command.get("arguments", []) if argument.get("shouldDisplay", True)]
    lines = [f'.TH {escaped(title.upper())} 1 "" "{escaped(version)}" "User Commands"', ".SH NAME"]
    lines.append(f"{escaped(title)} \\- {escaped(command.get('abstract', '').rstrip('.'))}")
    lines += [".SH SYNOPSIS", f".B {escaped(' '.join(path))}"]
    commands = [sub for sub in command.get("subcommands", []) if sub["commandName"] != "help"]
    lines.append(" ".join(["\\fIcommand\\fR ..."] if commands else [usage(argument) for argument in shown]))
    if command.get("discussion"):
        lines += [".SH DESCRIPTION"]
        for line in command["discussion"].split("\n"):
            if line.isupper():
                lines += [f".SH {escaped(line)}"]
            elif line.startswith("  "):
                lines += [".EX", escaped(line), ".EE"]
            else:
                lines.append(escaped(line) if line else ".PP")
    if shown:
        lines += [".SH OPTIONS", "".join(entry(argument) for argument in shown).rstrip("\n")]
    if commands:
        lines.append(".SH COMMANDS")
        for sub in commands:
            lines.append(f".TP\n\\fB{escaped('-'.join(path + [sub['commandName']]))}\\fR(1)\n{escaped(sub.get('abstract', ''))}")
    return "\n".join(lines).replace(".EE\n.EX\n", "") + "\n"


def write(path, command, version, folder):
    (folder / ("-".join(path) + ".1")).write_text(page(path, command, version), encoding="utf-8")
    for sub in command.get("subcommands", []):
        if sub["commandName"] != "help":
            write(path + [sub["commandName"]], sub, version, folder)


def main(program, folder):
    def run(option):
        return subprocess.run([program, option], check=True, stdout=subprocess.PIPE).stdout.decode("utf-8")

    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    write(["nerpipe"], json.loads(run("--experimental-dump-help"))["command"], run("--version").split("\n")[0], folder)


if __name__ == "__main__":
    main(*sys.argv[1:3])
