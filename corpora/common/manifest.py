#!/usr/bin/env python3
"""Reads the manifests of `corpora/*/`: the download plan of one, or the check of a data folder against all of them.

    manifest.py plan MANIFEST [--held-out] [--only LANGUAGE[/SPLIT]] ...   one line per split, for fetch_lib.sh
    manifest.py files MANIFEST [--only LANGUAGE] ...                       one line per file, for fetch_files.sh
    manifest.py verify DATA_FOLDER [--corpora FOLDER] [--all]              table of ok / missing / differs

Needs the `zstd` program for `verify`. Python 3.8 or later, standard library only.
Exit status: 0 all well, 1 something is missing or unlisted, 64 usage, 65 something differs or a manifest is bad,
66 no such folder, 69 `zstd` is not there.
"""

import argparse
import hashlib
import json
import os
import re
import shlex
import shutil
import subprocess
import sys

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*\Z")
REPOSITORY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*/[A-Za-z0-9][A-Za-z0-9._-]*\Z")
DIGEST = re.compile(r"[0-9a-f]{64}\Z")
ADDRESS = re.compile(r"https://([A-Za-z0-9][A-Za-z0-9.-]*)/([A-Za-z0-9._/-]+)\Z")
KINDS = ("ner", "parallel", "text", "dictionaries")


class ManifestError(Exception):
    """A manifest does not have the form described in corpora/README.md."""


class UsageError(Exception):
    """The command line asks for something that the manifest does not have."""


def canonical(manifest):
    """The one text form of a manifest: sorted keys, two spaces, UTF-8, final newline."""
    return json.dumps(manifest, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def load(path):
    try:
        with open(path, encoding="utf-8") as file:
            manifest = json.load(file)
    except ValueError as error:
        raise ManifestError(f"{path}: not JSON ({error})") from error
    except OSError as error:
        raise ManifestError(f"{path}: {error.strerror}") from error
    if not isinstance(manifest, dict) or not NAME.match(str(manifest.get("name", ""))):
        raise ManifestError(f"{path}: no usable \"name\"")
    return manifest


def is_safe(path):
    return isinstance(path, str) and path != "" and not path.startswith("/") and ".." not in path.split("/") \
        and not any(ord(character) < 33 for character in path)


def files(manifest):
    """Yields (path below the data folder, entry) for every file a manifest lists, in order."""
    for path, entry in sorted(manifest.get("files", {}).items()):
        yield path, entry
    for language, splits in sorted(manifest.get("languages", {}).items()):
        for split, entry in sorted(splits.items()):
            if not (NAME.match(language) and NAME.match(split)):
                raise ManifestError(f"{manifest['name']}: bad language or split name")
            yield f"ner/{manifest['name']}/{language}/{split}.tsv.zst", entry


def checked_files(manifest):
    for path, entry in files(manifest):
        digest = entry.get("sha256")
        if not is_safe(path) or not (digest is None or DIGEST.match(str(digest))):
            raise ManifestError(f"{manifest['name']}: bad path or digest for {path!r}")
        yield path, entry


def is_wanted(path, only):
    if not only:
        return True
    language, split = path.split("/")[2:4]
    split = split[:-len(".tsv.zst")]
    return language in only or f"{language}/{split}" in only


def plan(path, held_out, only):
    manifest = load(path)
    lines, matched = [], set()
    for target, entry in checked_files(manifest):
        if "languages" not in manifest or not is_wanted(target, only):
            continue
        matched.add(target)
        if entry.get("heldOut", False) and not held_out:
            lines.append("\x1f".join((target, "held-out", "", "", "", "", "", "")))
            continue
        source = entry["source"]
        if not (REPOSITORY.match(source["repository"]) and NAME.match(source["ref"]) and is_safe(source["path"])):
            raise ManifestError(f"{path}: bad source of {target}")
        options = list(entry.get("convert", []))
        if "member" in source:
            options += ["--member", source["member"]]
        # The unit separator, not a tab: the shell merges neighbouring tabs and would lose empty fields.
        lines.append("\x1f".join((
            target, "fetch", source["repository"], source["ref"], source["path"], entry.get("sha256") or "",
            str(entry["sentences"] if entry["sentences"] is not None else ""), shlex.join(options))))
    if only and not matched:
        raise UsageError(f"{path}: nothing matches --only {' '.join(sorted(only))}")
    return lines


def plan_files(path, only):
    manifest = load(path)
    lines, known = [], set()
    for target, entry in checked_files(manifest):
        address = ADDRESS.match(str(entry.get("url", "")))
        if not address or not is_safe(address[2]) or not set(entry.get("convert", [])) <= {"tabs"}:
            raise ManifestError(f"{path}: bad address or conversion of {target}")
        known.add(entry["language"])
        if not only or entry["language"] in only:
            lines.append("\x1f".join((
                target, address[1], address[2], entry["sha256"] or "", " ".join(entry.get("convert", [])))))
    if only - known:
        raise UsageError(f"{path}: no files of {' '.join(sorted(only - known))}; it has {' '.join(sorted(known))}")
    return lines


def digest_of(path):
    """SHA-256 of the decompressed file, and None when it cannot be decompressed."""
    process = subprocess.Popen(["zstd", "-dcq", "--", path], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    digest = hashlib.sha256()
    with process.stdout:
        for block in iter(lambda: process.stdout.read(1 << 20), b""):
            digest.update(block)
    return digest.hexdigest() if process.wait() == 0 else None


def verify(data, corpora, show_all):
    if not os.path.isdir(data):
        print(f"verify: no such folder: {data}", file=sys.stderr)
        return 66
    if shutil.which("zstd") is None:
        print("verify: the program zstd is not installed", file=sys.stderr)
        return 69
    manifests = sorted(
        os.path.join(corpora, name, "manifest.json") for name in os.listdir(corpora)
        # The sample is our own: its manifest is the generator's, checked by tools/sample-world/make.sh.
        if name != "sample" and os.path.isfile(os.path.join(corpora, name, "manifest.json")))
    if not manifests:
        print(f"verify: no manifests in {corpora}", file=sys.stderr)
        return 66
    states = ("ok", "missing", "differs", "held out", "unchecked")
    table, details, listed = [], [], set()
    for manifest_path in manifests:
        manifest = load(manifest_path)
        counts = dict.fromkeys(states, 0)
        for target, entry in checked_files(manifest):
            listed.add(target)
            path, expected = os.path.join(data, target), entry.get("sha256")
            if not os.path.isfile(path):
                if manifest.get("optional", False):
                    continue
                state = "held out" if entry.get("heldOut", False) else "missing"
            elif expected is None:
                state = "unchecked"
            else:
                found = digest_of(path)
                if found == expected:
                    state = "ok"
                else:
                    # What is not `exact` cannot be made again byte for byte; see fetch_lines.sh.
                    state = "unchecked" if found and not entry.get("exact", True) else "differs"
            counts[state] += 1
            if show_all or state not in ("ok", "held out"):
                details.append((state, target))
        table.append((manifest["name"], counts))
    unlisted = []
    for kind in KINDS:
        for folder, _, names in os.walk(os.path.join(data, kind)):
            for name in names:
                relative = os.path.relpath(os.path.join(folder, name), data)
                if name.endswith(".zst") and relative not in listed:
                    unlisted.append(relative)
    details += [("unlisted", path) for path in sorted(unlisted)]

    width = max(len("total"), *(len(name) for name, _ in table))
    total = dict.fromkeys(states, 0)
    print(f"{'corpus':<{width}}" + "".join(f"{state:>11}" for state in states))
    for name, counts in table:
        print(f"{name:<{width}}" + "".join(f"{counts[state]:>11}" for state in states))
        for state in states:
            total[state] += counts[state]
    print(f"{'total':<{width}}" + "".join(f"{total[state]:>11}" for state in states))
    for state, target in details:
        print(f"{state:<9} {target}")
    if total["differs"]:
        return 65
    return 1 if total["missing"] or unlisted else 0


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="manifest.py", description=__doc__.partition("\n")[0])
    commands = parser.add_subparsers(dest="command", required=True)
    planning = commands.add_parser("plan")
    planning.add_argument("manifest")
    planning.add_argument("--held-out", action="store_true")
    planning.add_argument("--only", action="append", default=[])
    listing = commands.add_parser("files")
    listing.add_argument("manifest")
    listing.add_argument("--only", action="append", default=[])
    verifying = commands.add_parser("verify")
    verifying.add_argument("data")
    verifying.add_argument("--corpora", default=os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    verifying.add_argument("--all", action="store_true", help="list every file, not only those that need attention")
    try:
        options = parser.parse_args(arguments)
    except SystemExit as error:
        return 64 if error.code else 0
    try:
        if options.command == "plan":
            for line in plan(options.manifest, options.held_out, set(options.only)):
                print(line)
            return 0
        if options.command == "files":
            for line in plan_files(options.manifest, set(options.only)):
                print(line)
            return 0
        return verify(options.data, options.corpora, options.all)
    except UsageError as error:
        print(f"manifest: {error}", file=sys.stderr)
        return 64
    except ManifestError as error:
        print(f"manifest: {error}", file=sys.stderr)
        return 65
    except KeyError as error:
        print(f"manifest: a field is missing: {error}", file=sys.stderr)
        return 65


if __name__ == "__main__":
    sys.exit(main())
