/// A program that is a teacher and behaves as badly as it is told; Python's standard library alone.
enum RogueTeacher {
    /// `rogue.py MODE [ARGUMENT]`: scores depend on the word alone. What happens once is remembered in the file `happened`;
    /// every question leaves a line in `asked`, every life one in `lives`.
    static let script = #"""
        import hashlib, json, os, signal, struct, sys, threading, time
        mode, argument = sys.argv[1], (sys.argv[2:] + [""])[0]
        out = os.fdopen(os.dup(1), "wb")
        os.dup2(2, 1)
        if argument.startswith("@"):
            argument = open(argument[1:]).read()
        LABELS = ["O", "B-LOC", "I-LOC", "B-PER", "I-PER"]

        def once():
            if os.path.exists("happened"):
                return False
            open("happened", "w").close()
            return True

        def say(text):
            out.write(text.encode() + b"\n")
            out.flush()

        def row(word):
            weights = hashlib.md5(word.encode()).digest()[:5]
            return [weight / sum(weights) for weight in weights]

        with open("lives", "a") as file:
            file.write(f"{os.getpid()}\n")
        if mode == "mute":
            time.sleep(1000)
        if mode == "stillborn":
            sys.stderr.write("no such model\n")
            sys.exit(3)
        greeting = json.loads(sys.stdin.buffer.readline())
        if mode == "chatty":
            say("Loading weights ...")
        wire = "safetensors" if mode == "frames" else "jsonl"
        if mode == "other" and os.path.exists("happened"):
            argument = "f" * 16
        say(json.dumps({"protocol": "nerpipe-teacher", "version": 1, "wire": wire, "digest": argument if mode == "other" else "0123456789abcdef",
            "answers": "probabilities", "labels": LABELS, "scheme": "IOB2", "batch_words": 30,
            "longest_sentence": 5 if mode == "windows" else 1000}))
        if mode == "stubborn":
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
        number = 0
        if mode == "frames":
            while True:
                head = sys.stdin.buffer.read(16)
                if not head:
                    sys.exit(0)
                number, size = struct.unpack("<QQ", head)
                body = sys.stdin.buffer.read(size)
                length = struct.unpack("<Q", body[:8])[0]
                header, data = json.loads(body[8:8 + length]), body[8 + length:]
                def column(name):
                    begin, end = header[name]["data_offsets"]
                    return data[begin:end] if name == "text" else struct.unpack(f"<{(end - begin) // 4}i", data[begin:end])
                text, begin, rows = column("text"), 0, b""
                for end in column("word_ends"):
                    rows += struct.pack("<5f", *row(text[begin:end].decode()))
                    begin = end
                if argument == "huge" and once():
                    out.write(struct.pack("<QQ", number, 1 << 62))
                    out.flush()
                    time.sleep(1000)
                answer = json.dumps({"probabilities": {"dtype": "F32", "shape": [len(rows) // 20, 5], "data_offsets": [0, len(rows)]}}).encode()
                message = struct.pack("<QQQ", number, 8 + len(answer) + len(rows), len(answer)) + answer + rows
                if argument == "half" and once():
                    out.write(message[:len(message) // 2])
                    out.flush()
                    os._exit(1)
                out.write(message)
                out.flush()
        for line in sys.stdin.buffer:
            number += 1
            question = json.loads(line)
            words = [word for sentence in question["sentences"] for word in sentence]
            with open("asked", "a") as file:
                file.write(f"{len(words)}\n")
            if mode == "crash" and number == int(argument) and once():
                os._exit(7)
            if mode == "deadly" and argument in words or mode == "dead":
                os.kill(os.getpid(), signal.SIGSEGV)
            if mode in ["hang", "stubborn"] and number == 3 and (mode == "stubborn" or once()):
                time.sleep(1000)
            if mode == "orphan":
                if os.fork() == 0:
                    open("child", "w").write(str(os.getpid()))
                    time.sleep(1000)
                time.sleep(1000)
            if mode == "deaf" and number == 2 and once():
                out.close()
                time.sleep(1000)
            if mode == "garbage" and number == 2:
                say("Traceback (most recent call last):")
            if mode == "other" and once():
                os._exit(1)
            if mode in ("slow", "sluggish"):
                time.sleep(0.01 if mode == "slow" else 5)
            answer = {"id": question["id"], "probabilities": [[row(word) for word in sentence] for sentence in question["sentences"]]}
            if mode == "label":
                answer = {"id": question["id"], "probabilities": [[[1.0] for word in sentence] for sentence in question["sentences"]]}
            if mode == "twice":
                say(json.dumps(answer))
            if mode == "blind":
                answer["probabilities"] = [[None if word == argument else row(word) for word in sentence] for sentence in question["sentences"]]
            if mode == "noise":
                sys.stderr.write("\x1b[31mnoise\n" * 1000)
            if mode == "unordered":
                # Whoever is asked later answers sooner.
                delay = 0.03 * (4 - number % 4)
                threading.Timer(delay, lambda text: say(text), [json.dumps(answer)]).start()
            else:
                say(json.dumps(answer))
        """#
}
