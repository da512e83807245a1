import Foundation
import Glibc
import ProgramTesting
import Testing

/// A text whose writer is stopped together with us is not a text that is over.
struct CutTextTests {
    /// A command that reads text from standard input, and what it must not leave or print.
    struct Reader: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var output: String?

        init(_ command: String, makes output: String? = nil) {
            testDescription = command
            self.output = output
        }
    }

    private static let readers = [
        Reader("tokenize --lang yy -o new.zst", makes: "new.zst"),
        Reader("tag -q --model student --lang yy - -o new.conll", makes: "new.conll"),
        Reader("tag -q --model student --lang yy -"),
        Reader("run stdin.yaml", makes: "new/config.json"),
        Reader("run stdin.yaml --set update.epochs=2", makes: "new/config.json"),
        Reader("vectors import /dev/stdin -o new.vectors", makes: "new.vectors"),
        Reader("evaluate -"),
    ]

    /// When the writer of the text and we get the signal.
    enum Order: String, CaseIterable, Sendable { case together, writerFirst, programFirst }

    private static let signals = [SIGTERM, SIGINT, SIGHUP]
    /// A bit less than what the program waits.
    private static let grace = Duration.milliseconds(280)
    private static let delaysInMilliseconds = [0, 1, 5, 20, 60, 120, 200]

    private func folder() async throws -> ScratchFolder {
        let folder = try await Fixture.folder()
        try folder.write("predicted.conll", folder.text("train.conll").replacing(#/\t(.*)/#) { "\t\($0.1)\t\($0.1)" })
        let network = stride(from: 0, to: Fixture.network.count, by: 2).map {
            "\(Fixture.network[$0].dropFirst(2)): \(Fixture.network[$0 + 1])"
        }
        try folder.write(
            "stdin.yaml",
            """
            inputs: ["-"]
            stages:
              - tokenize: {lang: yy, block-bytes: 500}
              - embed: {vectors: v.vectors}
              - score: {teacher: teacher}
              - update: {output: new, epochs: 1, batch-tokens: 60, \(network.joined(separator: ", "))}

            """)
        return folder
    }

    private func input(of reader: Reader) -> String {
        reader.testDescription.hasPrefix("vectors")
            ? "v.vec" : reader.testDescription.hasPrefix("evaluate") ? "predicted.conll" : "text.txt"
    }

    /// Runs the program behind a writer that has written all it has, ends both, and gives what the program said; nil when
    /// this machine was so busy that the two ends were far apart.
    private func stop(_ reader: Reader, _ order: Order, _ signal: Int32, delay: Int, in folder: ScratchFolder)
        async throws
        -> Outcome?
    {
        // A shell without job control lets what it starts in the background ignore SIGINT; how the writer ends is all one.
        let program = try Program.startShell(
            """
            mkfifo feed
            (cat \(input(of: reader)); echo $BASHPID > pid; mv pid written; exec sleep 30) > feed &
            exec nerpipe \(reader.testDescription) < feed
            """, in: folder)
        try await program.wait { program.handles(SIGHUP) && folder.exists("written") }
        let writer = try folder.number("written")
        defer {
            kill(writer, SIGKILL)
            for name in ["feed", "written"] { try? folder.remove(name) }
        }
        try await Task.sleep(for: .milliseconds(20))
        let start = program.age
        switch order {
        case .together:
            kill(writer, SIGTERM)
            program.send(signal)
        case .writerFirst:
            kill(writer, SIGTERM)
            try await Task.sleep(for: .milliseconds(delay))
            program.send(signal)
        case .programFirst:
            program.sendToLeader(signal)
            try await Task.sleep(for: .milliseconds(delay))
            program.send(SIGTERM)
        }
        let isTogether = program.age - start < Self.grace
        let outcome = try await program.wait()
        return isTogether ? outcome : nil
    }

    @Test(arguments: readers, signals)
    func nothingIsMadeOfATextThatIsCut(reader: Reader, signal: Int32) async throws {
        let folder = try await folder()
        for (order, delays) in [
            (Order.together, [0, 0]), (.writerFirst, Self.delaysInMilliseconds), (.programFirst, [0, 100]),
        ] {
            for delay in delays {
                let stopped = try await Slots.shared.use {
                    try await stop(reader, order, signal, delay: delay, in: folder)
                }
                guard let outcome = stopped else { continue }
                let place: Comment = "\(order) \(delay) ms: \(outcome.errors)"
                #expect(outcome.status == 75, place)
                #expect(outcome.errors.contains("interrupted"), place)
                if let output = reader.output { #expect(!folder.exists(output), place) }
                if reader.testDescription.hasPrefix("evaluate") { #expect(outcome.text == "", place) }
            }
        }
    }

    /// A stream in a pipe ends with END, and that must not be written after a text that was cut.
    @Test(arguments: signals)
    func noStageBehindTakesACutTextForAWholeOne(signal: Int32) async throws {
        let folder = try await Fixture.folder()
        for delay in Self.delaysInMilliseconds {
            let stopped: Outcome? = try await Slots.shared.use {
                let program = try Program.startShell(
                    """
                    trap : TERM INT HUP
                    (cat text.txt; echo $BASHPID > pid; mv pid written; exec sleep 30) | nerpipe tokenize \\
                        | nerpipe embed --vectors v.vectors -o new.zst
                    echo ${PIPESTATUS[@]}
                    """, in: folder)
                try await program.wait { folder.exists("written") && program.handlerCount(SIGHUP) == 2 }
                // What the writer wrote is read, as far as it goes.
                try await Task.sleep(for: .milliseconds(20))
                let start = program.age
                if delay > 0 { kill(try folder.number("written"), SIGTERM) }
                try await Task.sleep(for: .milliseconds(delay))
                program.send(signal)
                let isTogether = program.age - start < Self.grace
                let outcome = try await program.wait()
                try folder.remove("written")
                return isTogether ? outcome : nil
            }
            guard let outcome = stopped else { continue }
            #expect(outcome.text.hasSuffix(" 75 75\n"), "\(delay) ms: \(outcome.text) \(outcome.errors)")
            #expect(!folder.exists("new.zst"), "\(delay) ms")
        }
    }

    /// The run that was cut goes on from its checkpoint, and ends with the bytes of one that was not.
    @Test func aRunThatWasCutContinues() async throws {
        let folder = try await folder()
        let whole = try await folder.shell("nerpipe run stdin.yaml --set update.output=whole < text.txt")
        #expect(whole.status == 0, "\(whole.errors)")
        let reader = Reader("run stdin.yaml --set update.checkpoint-seconds=0")
        let outcome = try await Slots.shared.use {
            try await stop(reader, .writerFirst, SIGTERM, delay: 100, in: folder)
        }
        #expect([nil, 75].contains(outcome?.status), "\(outcome?.errors ?? "")")
        let again = try await folder.shell("nerpipe run stdin.yaml --set update.checkpoint-seconds=0 < text.txt")
        #expect(again.status == 0, "\(again.errors)")
        #expect(try folder.read("new/model.safetensors") == folder.read("whole/model.safetensors"))
    }

    @Test func aHangUpIsIgnoredWhereItWas() async throws {
        let folder = try await Fixture.folder()
        let outcome = try await Slots.shared.use {
            let program = try Program.startShell(
                "mkfifo feed; (sleep 1; cat text.txt) > feed & trap '' HUP; exec nerpipe tokenize -o new.zst < feed",
                in: folder)
            try await program.wait { program.handles(SIGTERM) }
            program.sendToLeader(SIGHUP)
            return try await program.wait()
        }
        #expect(outcome.status == 0 && folder.exists("new.zst"), "\(outcome.errors)")
    }
}

extension ScratchFolder {
    /// What a shell has written into a file as a number.
    fileprivate func number(_ name: String) throws -> Int32 {
        try #require(Int32(text(name).trimmingCharacters(in: .newlines)))
    }
}
