"""Text made to break readers. Each case: what is given, and what docs/input.md says comes of it."""
import random
import re
import subprocess

BOM = b"\xef\xbb\xbf"
LONE = [b"\xc3", b"\xe2\x82", b"\xf0\x9f\x98", b"\x80", b"\xbf\xbf", b"\xc0\xaf", b"\xe0\x80\xaf", b"\xf8\x88\x80\x80\x80", b"\xfe", b"\xff",
        b"\xed\xa0\x80", b"\xed\xbf\xbf", b"\xed\xa0\x80\xed\xb0\x80", b"\xf4\x90\x80\x80", b"\xf0\x80\x80\x80"]
BIDI = "\u202e\u2066\u200f"


def text(name, data, tokens=None, refused=None):
    return name, "txt", data, tokens, refused


def cases():
    for bad in LONE:
        yield text(f"ill-formed {bad.hex()}", b"good\nab " + bad + b" cd\n", None, r"a.txt:2: not UTF-8 at byte 8 ")
    yield text("byte order mark", BOM + b"a b\n", ["a", "b"])
    yield text("byte order mark within", b"a\n" + BOM + b"b\n")
    yield text("NUL", b"a\0b\n\0\n")
    yield text("line and paragraph separators", "a\u2028b\u2029c\u0085d\n".encode(), ["a", "b", "c", "d"])
    yield text("CRLF", b"a b\r\nc\r\n", ["a", "b", "c"])
    yield text("CR alone", b"a\rb\r", ["a", "b"])
    yield text("no newline at the end", b"a", ["a"])
    yield text("a million combining marks", b"e" + b"\xcc\x81" * 1_000_000 + b" x\n")
    yield text("bidirectional controls", f"a{BIDI}b {BIDI} c\n".encode())
    yield text("zero-width joiners", "\u200d".join("ab" * 1000).encode() + b"\n")
    yield text("emoji sequences", ("\U0001F468\u200D\U0001F469\u200D\U0001F467" * 5000).encode() + b"\n")
    yield text("flags", ("\U0001F1E9" * 100_001).encode() + b"\n")
    yield text("noncharacters", "\ufffe \uffff \U0010ffff\n".encode())
    yield text("one word of a million letters", b"x" * 1_000_000 + b"\n")
    yield text("a million words in a line", b"x " * 1_000_000 + b"\n")
    yield text("a line that is too long", b"a\n" + b"x" * (17 << 20) + b"\n", None, r"a.txt:2: line longer than 16777216 bytes")
    yield text("nothing", b"", [])
    yield text("newlines", b"\n" * 100_000, [])
    j = lambda name, data, tokens=None, refused=None: (name, "jsonl", data, tokens, refused)
    yield j("an object", b'{"text": "a b", "id": 1}\n', ["a", "b"])
    yield j("escapes", b'{"text": "\\u0061\\n\\t\\ud83d\\ude00 b"}\n', ["a", "\U0001F600", "b"])
    yield j("lone surrogate", b'{"text": "a \\ud800 b"}\n', None, r"a.jsonl:1: not UTF-8")
    yield j("deep nesting", b'{"x": ' + b"[" * 100_000 + b"]" * 100_000 + b', "text": "a"}\n', None, r"a.jsonl:1: values are nested deeper than 64")
    yield j("deep nesting that does not end", b'{"x": ' + b'{"a":' * 1_000_000 + b"\n", None, r"a.jsonl:1: values are nested deeper")
    yield j("the text twice", b'{"text": "a", "text": "b"}\n', None, r'a.jsonl:1: key "text" comes twice')
    yield j("other keys twice", b'{"x": 1, "x": 2, "text": "a"}\n', ["a"])
    yield j("numbers out of range", b'{"x": 1e999999, "y": -123456789012345678901234567890, "text": "a"}\n', ["a"])
    yield j("numbers that are none", b'{"x": 01, "text": "a"}\n', None, r"a.jsonl:1: a value is not JSON")
    yield j("not JSON", b"hello\n", None, r"a.jsonl:1: a line must be a JSON object")
    yield j("a list", b'["a"]\n', None, r"a.jsonl:1: a line must be a JSON object")
    yield j("a control character", b'{"text": "a\x01"}\n', None, r"a.jsonl:1: a control character")
    yield j("an escaped NUL", b'{"text": "a\\u0000b"}\n')
    yield j("text that is no string", b'{"text": 5}\n', None, r"a.jsonl:1: a string is missing")
    yield j("two objects", b'{"text": "a"}{"text": "b"}\n', None, r"a.jsonl:1: there is more after the object")
    yield j("byte order mark", BOM + b'{"text": "a"}\n', ["a"])
    c = lambda name, data, tokens=None, refused=None: (name, "conll", data, tokens, refused)
    yield c("columns", b"a\tO\nb\tB-X\n\nc\tO\n", ["a", "b", "c"])
    yield c("byte order mark, CRLF, no end", BOM + b"a\tO\r\nb\tO\r\n\r\nc\tO", ["a", "b", "c"])
    yield c("spaces and tabs in turn", b"a O\nb\tO\n", ["a", "b"])
    yield c("a token that is #", b"#\tO\n# x\tO\n", ["#", "# x"])
    yield c("a label fused to its token", b"a\tO\nbB-X\n", None, r"a.conll:2: 1 columns where most lines have 2")
    yield c("no-break and zero-width spaces", "a\u00a0b\tO\n\u200b\tO\n".encode(), ["a\u00a0b", "\u200b"])
    yield c("an empty token", b"a\tO\n\tO\n", None, r"a.conll:2: the token is empty")
    yield c("ill-formed", b"a\tO\n\xff\tO\n", None, r"a.conll:2: the token is not UTF-8")
    yield c("a sentence without end", b"x\tO\n" * 100_000)
    yield c("comments", b"# text = a\na\tO\n", ["a"])


def run(workshop, scratch, seed, report):
    complaints, count = [], 0
    folder = workshop.copy(scratch / "hostile")
    for name, form, data, tokens, refused in cases():
        count += 1
        (folder / f"a.{form}").write_bytes(data)
        made = workshop.shell(f"ulimit -v 8000000; nerpipe tokenize -q --lang qac a.{form} --force -o new.zst", folder)
        message = made[2].decode(errors="replace")
        if refused:
            if made[0] != 65 or not re.match("nerpipe: " + refused, message) or (folder / "new.zst").exists():
                complaints.append(f"{name}: status {made[0]}: {message[-200:]}, not {refused}")
            # Left out when asked to, counted, kept as it was.
            kept = workshop.shell(f"nerpipe tokenize --lang qac a.{form} --on-error quarantine:bad.{form} --force -o new.zst", folder)
            if kept[0] != 0 or b"left out" not in kept[2] or not (folder / f"bad.{form}").exists():
                complaints.append(f"{name}: --on-error quarantine: status {kept[0]}: {kept[2].decode(errors='replace')[-200:]}")
            if form != "conll" and "UTF-8" in refused:
                replaced = workshop.shell(f"nerpipe tokenize --lang qac a.{form} --invalid replace --force -o new.zst; nerpipe shard cat new.zst", folder)
                if replaced[0] != 0 or "\ufffd" not in replaced[1].decode():
                    complaints.append(f"{name}: --invalid replace: status {replaced[0]}: {replaced[2].decode()[-200:]}")
        elif made[0] != 0:
            complaints.append(f"{name}: status {made[0]}: {message[-200:]}")
        elif tokens is not None:
            shown = workshop.shell("nerpipe shard cat new.zst --to conll", folder)[1].decode()
            found = [line.split("\t")[0] for line in shown.split("\n") if line]
            if found != tokens:
                complaints.append(f"{name}: {found}, not {tokens}")
        # Everything after tokenize takes what it made.
        if (folder / "new.zst").exists():
            after = workshop.shell("nerpipe embed -q --vectors v.vectors new.zst | nerpipe score -q --teacher teacher --force -o s.zst && nerpipe shard verify s.zst", folder)
            if after[0] != 0:
                complaints.append(f"{name}: later stages: status {after[0]}: {after[2].decode()[-200:]}")
            (folder / "new.zst").unlink()
    complaints += compressed(workshop, folder, report) + endless(workshop, folder, report)
    report(f"{count} hostile texts")
    return complaints


def compressed(workshop, folder, report):
    """Bombs, lies and oddities of zstd."""
    lies = b"\x28\xb5\x2f\xfd" + b"\xe0" + (1 << 62).to_bytes(8, "little") + b"\x01\x00\x00"
    skippable = b"\x50\x2a\x4d\x18" + (0xFFFFFFFF).to_bytes(4, "little") + b"xx"
    (folder / "lie.zst").write_bytes(lies)
    (folder / "skip.zst").write_bytes(skippable)
    cases = [
        ("a bomb of one line", "head -c 4000000000 /dev/zero | zstd -q -19 --long=27 > b.zst; nerpipe tokenize -q b.zst --force -o new.zst", 65, "line longer than"),
        ("a bomb of newlines", "yes '' | head -c 200000000 | zstd -q > b.zst; nerpipe tokenize -q b.zst --force -o new.zst", 0, ""),
        ("a frame that claims 4 EiB", "nerpipe tokenize -q lie.zst --force -o new.zst", 65, "zstd"),
        ("a skippable frame that claims 4 GiB", "nerpipe tokenize -q skip.zst --force -o new.zst", 65, "zstd frame"),
        ("a window that is too large", "sample-world --stream qac --bytes 300M | zstd -q --ultra --long=31 > b.zst; nerpipe tokenize -q b.zst --force -o new.zst", 65, "zstd"),
        ("a dictionary", "head -c 100000 a.txt > s.txt; split -l 20 s.txt part-; zstd -q --train part-* -o dict 2> /dev/null; zstd -q -f -D dict a.txt -o b.zst; "
         "nerpipe tokenize -q b.zst --force -o new.zst", 65, "zstd"),
        ("frames one after the other", "zstd -q -c a.txt > b.zst; zstd -q -c a.txt >> b.zst; cat a.txt a.txt > aa.txt; nerpipe tokenize -q b.zst -o - --compress never | "
         "nerpipe shard cat - --to conll | cmp - <(nerpipe tokenize -q aa.txt -o - | nerpipe shard cat - --to conll)", 0, ""),
        ("a frame within a frame", "zstd -q -c a.txt | zstd -q > b.zst; nerpipe tokenize -q b.zst --force -o new.zst", 65, "in that zstd-compressed"),
    ]
    complaints, peak = [], 0
    for name, script, expected, said in cases:
        status, _, err = workshop.shell(f"ulimit -v 8000000; {script}", folder, timeout=300)
        if status != expected or said not in err.decode(errors="replace"):
            complaints.append(f"{name}: status {status}: {err.decode(errors='replace')[-300:]}")
    report(f"{len(cases)} files of zstd")
    return complaints


def endless(workshop, folder, report):
    """A gigabyte without a newline, through a pipe: refused, or left out, in the memory of the limit."""
    peak = "import resource,subprocess,sys; s=subprocess.run(sys.argv[1:]).returncode; print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss>>10, file=sys.stderr); sys.exit(s)"
    complaints = []
    for options, expected in (("", 65), ("--on-error skip", 0), ("--on-error quarantine:kept", 0)):
        status, _, err = workshop.shell(f"head -c 1000000000 /dev/zero | tr '\\0' x | python3 -c '{peak}' nerpipe tokenize - {options} --force -o new.zst", folder, timeout=300)
        lines = err.decode().strip().split("\n")
        if status != expected or int(lines[-1]) > 200:
            complaints.append(f"a gigabyte without a newline, {options}: status {status}, {lines}")
        report(f"a gigabyte without a newline {options}: status {status}, peak memory {lines[-1]} MiB")
    kept = folder / "kept"
    if not kept.exists() or kept.stat().st_size != 1_000_000_000:
        complaints.append("a gigabyte without a newline: not kept whole")
    kept.unlink(missing_ok=True)
    return complaints
