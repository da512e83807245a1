import Checkpoints
import Diagnostics
import NERPipeTesting
import Shards
import Testing

@Suite struct CheckpointTests {
    static let names = ["parameters", "moment", "best"]

    static func checkpoint(_ number: Int, identity: [String: String] = ["seed": "1", "input": "a"]) -> Checkpoint {
        var random = SeededGenerator(seed: UInt64(number))
        return Checkpoint(
            updateNumber: number, identity: identity, state: Array("{\"n\":\(number)}".utf8),
            arrays: [("parameters", random.floats(300)), ("moment", [.infinity, -0.0, .leastNonzeroMagnitude])])
    }

    static func newest(_ store: CheckpointStore) throws -> (checkpoint: Checkpoint?, warnings: [String]) {
        var warnings: [String] = []
        return (try store.newest(arrays: names) { warnings.append($0) }, warnings)
    }

    @Test func whatIsSavedIsReadBack() throws {
        let folder = ScratchFolder()
        let store = CheckpointStore(path: folder["c"])
        #expect(try Self.newest(store).checkpoint == nil)
        let saved = Self.checkpoint(42)
        try store.save(saved)
        let found = try #require(try Self.newest(store).checkpoint)
        #expect(found.updateNumber == 42 && found.identity == saved.identity && found.state == saved.state)
        #expect(found.array("parameters") == saved.array("parameters"))
        #expect(found.array("moment")?.map(\.bitPattern) == saved.array("moment")?.map(\.bitPattern))
        #expect(found.array("best") == nil)
        #expect(try store.newest(arrays: [], warn: { _ in })?.arrays.isEmpty == true)
    }

    @Test func newestIsTheOneOfMostUpdatesAndThreeAreKept() throws {
        let folder = ScratchFolder()
        let store = CheckpointStore(path: folder["c"])
        for number in [1, 9, 10, 11, 100, 1000] { try store.save(Self.checkpoint(number)) }
        #expect(store.paths.count == 3)
        #expect(try Self.newest(store).checkpoint?.updateNumber == 1000)
        #expect(
            Directory.names(in: folder["c"]).allSatisfy {
                $0.hasPrefix("update-0000000") && $0.hasSuffix(".checkpoint.zst")
            })
        try store.removeAll()
        #expect(store.paths.isEmpty)
    }

    @Test func damagedNewestGivesTheOneBeforeWithAWarning() throws {
        let folder = ScratchFolder()
        let store = CheckpointStore(path: folder["c"])
        for number in 1...3 { try store.save(Self.checkpoint(number)) }
        let newest = try #require(store.paths.last)
        let bytes = try Directory.contents(of: newest)
        var cut = 0
        for damaged in [
            Array(bytes[..<(bytes.count / 2)]), [],
            Array("something else, longer than the head of a block has to be".utf8), bytes.map { $0 ^ 0x10 },
        ] {
            try AtomicFile.write(damaged, to: newest)
            let (found, warnings) = try Self.newest(store)
            #expect(found?.updateNumber == 2)
            #expect(
                warnings.count == 1 && warnings[0].contains("taking the one before") && warnings[0].contains(newest))
            cut += 1
        }
        #expect(cut == 4)
        // One that is not finished does not count at all.
        try AtomicFile.write(bytes, to: newest)
        try AtomicFile.write([1, 2], to: folder["c"] + "/update-000000000009.checkpoint.zst.tmp")
        let (found, warnings) = try Self.newest(store)
        #expect(found?.updateNumber == 3 && warnings.isEmpty)
    }

    @Test func everyChangedByteIsDetectedOrHarmless() throws {
        let folder = ScratchFolder()
        let store = CheckpointStore(path: folder["c"])
        let saved = Self.checkpoint(5)
        try store.save(saved)
        let path = store.paths[0]
        let bytes = try Directory.contents(of: path)
        var wrong: [Int] = []
        for index in stride(from: 0, to: bytes.count, by: 11) {
            var damaged = bytes
            damaged[index] ^= 0x41
            try AtomicFile.write(damaged, to: path)
            do {
                let found = try Checkpoint(path: path, arrays: Self.names)
                if found.array("parameters") != saved.array("parameters") || found.identity != saved.identity
                    || found.state != saved.state
                {
                    wrong.append(index)
                }
            } catch is Failure {}
        }
        #expect(wrong.isEmpty)
    }

    @Test func allDamagedIsAnErrorAndNotANewBeginning() throws {
        let folder = ScratchFolder()
        let store = CheckpointStore(path: folder["c"])
        for number in 1...2 { try store.save(Self.checkpoint(number)) }
        for path in store.paths { try AtomicFile.write([1, 2, 3], to: path) }
        #expect { try Self.newest(store) } throws: {
            ($0 as? Failure)?.code == .badData && "\($0)".contains("all 2 checkpoints are damaged")
                && "\($0)".contains("--fresh")
        }
    }

    @Test func otherStreamsAreNoCheckpoints() throws {
        let folder = ScratchFolder()
        let store = CheckpointStore(path: folder["c"])
        try store.save(Self.checkpoint(1))
        let header = StreamHeader(kind: .tokens, producer: "t", language: "x", tokenizer: "g")
        try AtomicFile.write(try streamBytes([], header: header, compressionLevel: 1, in: folder), to: store.paths[0])
        #expect { try Checkpoint(path: store.paths[0], arrays: []) } throws: { "\($0)".contains("kind checkpoint") }
    }

    @Test func differenceNamesTheFirstThingByName() {
        let checkpoint = Self.checkpoint(1)
        #expect(checkpoint.difference(from: ["seed": "1", "input": "a"]) == nil)
        #expect(
            checkpoint.difference(from: ["seed": "2", "input": "a"]) == "seed: the checkpoint has 1, this run has 2")
        #expect(
            checkpoint.difference(from: ["seed": "2", "input": "b"]) == "input: the checkpoint has a, this run has b")
        #expect(checkpoint.difference(from: ["seed": "1"]) == "input: the checkpoint has a, this run has nothing")
        #expect(
            checkpoint.difference(from: ["seed": "1", "input": "a", "new": "x"])
                == "new: the checkpoint has nothing, this run has x")
    }
}
