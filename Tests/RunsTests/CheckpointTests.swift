import Diagnostics
import Kernels
import NERPipeTesting
import Shards
import Testing

@testable import Runs

@Suite struct CheckpointTests {
    struct Identity: Codable { var seed = 1, input = "a" }
    struct State: Codable, Equatable { var n: Int }

    /// Some hundred floats, a few that are special, and more than a block has.
    static func arrays(_ number: Int) -> [NamedFloats] {
        var random = SeededGenerator(seed: UInt64(number))
        return [
            NamedFloats("parameters", FloatBuffer(random.floats(300))),
            NamedFloats("moment", FloatBuffer([.infinity, -0.0, .leastNonzeroMagnitude])),
            NamedFloats("empty", FloatBuffer(count: 0)),
        ]
    }

    static func floats(_ array: NamedFloats) -> [Float] {
        guard case .single(let buffer) = array.values else { return [] }
        return buffer.array
    }

    static func save(_ number: Int, in store: CheckpointStore, _ arrays: [NamedFloats]? = nil) throws {
        try store.save(
            number, of: RunSignature("test", identity: Identity()), state: State(n: number),
            arrays ?? Self.arrays(number))
    }

    typealias Found = (checkpoint: Checkpoint, arrays: [String: [Float]])

    /// Everything that the newest has.
    static func newest(_ store: CheckpointStore) throws -> (found: Found?, warnings: [String]) {
        var warnings: [String] = [], places: [NamedFloats] = []
        let checkpoint = try store.newest(warn: { warnings.append($0) }) { checkpoint in
            places = checkpoint.shapes.map { NamedFloats($0.name, FloatBuffer(count: $0.count)) }
            return places
        }
        let arrays = Dictionary(uniqueKeysWithValues: places.map { ($0.name, Self.floats($0)) })
        return (checkpoint.map { ($0, arrays) }, warnings)
    }

    @Test(arguments: [true, false])
    func whatIsSavedIsReadBack(_ isCompressed: Bool) throws {
        let folder = ScratchFolder()
        let store = CheckpointStore(path: folder["c"], isCompressed: isCompressed)
        #expect(try Self.newest(store).found == nil)
        let saved = Self.arrays(42)
        try Self.save(42, in: store, saved)
        let found = try #require(try Self.newest(store).found)
        #expect(found.checkpoint.number == 42)
        #expect(try found.checkpoint.signature == RunSignature("test", identity: Identity()))
        #expect(try JSON.decode(State.self, from: found.checkpoint.state) == State(n: 42))
        for array in saved {
            #expect(found.arrays[array.name]?.map(\.bitPattern) == Self.floats(array).map(\.bitPattern))
        }
        #expect(found.arrays.count == saved.count && found.checkpoint.count(of: "best") == nil)
        #expect(try store.newest(warn: { _ in })?.number == 42)
    }

    @Test func largeArraysStandInSeveralBlocksOfWhichOneIsInMemory() throws {
        let folder = ScratchFolder()
        let store = CheckpointStore(path: folder["c"])
        let saved = FloatBuffer(count: 2 * Checkpoint.floatsPerBlock + 5)
        for index in stride(from: 0, to: saved.count, by: 997) { saved[index] = Float(index) }
        try Self.save(1, in: store, [NamedFloats("a", saved), NamedFloats("b", FloatBuffer([1, 2]))])
        #expect(try #require(try RandomAccessShard(path: store.paths[0])).blockCount == 1 + 3 + 1)
        let found = try #require(try Self.newest(store).found)
        #expect(found.arrays["a"] == saved.array && found.arrays["b"] == [1, 2])
        // One alone is read, too.
        let place = FloatBuffer(count: 2)
        _ = try store.newest(warn: { _ in }) { _ in [NamedFloats("b", place)] }
        #expect(place.array == [1, 2])
    }

    @Test func sixteenBitsAreReadBackAndNotTakenForOthers() throws {
        let folder = ScratchFolder()
        let store = CheckpointStore(path: folder["c"])
        let saved = HalfBuffer(count: Checkpoint.floatsPerBlock + 3), place = HalfBuffer(count: saved.count)
        for index in stride(from: 0, to: saved.count, by: 31) {
            saved.pointer[index] = UInt16(truncatingIfNeeded: index &* 40503)
        }
        try Self.save(1, in: store, [NamedFloats("rows", saved)])
        _ = try store.newest(warn: { _ in }) { _ in [NamedFloats("rows", place)] }
        #expect((0..<saved.count).allSatisfy { saved.pointer[$0] == place.pointer[$0] })
        #expect(throws: Failure.self) {
            try store.newest(warn: { _ in }) { _ in [NamedFloats("rows", FloatBuffer(count: saved.count))] }
        }
    }

    @Test(arguments: [("parameters", 299), ("other", 3)])
    func anArrayOfAnotherSizeIsBadData(_ name: String, _ count: Int) throws {
        let folder = ScratchFolder()
        let store = CheckpointStore(path: folder["c"])
        try Self.save(1, in: store)
        let file = try CheckpointFile(path: store.paths[0])
        #expect { try file.read(into: [NamedFloats(name, FloatBuffer(count: count))]) } throws: {
            ($0 as? Failure)?.code == .badData && "\($0)".contains("array \(name) does not fit")
        }
    }

    @Test func newestIsTheOneOfMostUpdatesAndThreeAreKept() throws {
        let folder = ScratchFolder()
        let store = CheckpointStore(path: folder["c"])
        for number in [1, 9, 10, 11, 100, 1000] { try Self.save(number, in: store) }
        #expect(store.paths.count == 3)
        #expect(try Self.newest(store).found?.checkpoint.number == 1000)
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
        for number in 1...3 { try Self.save(number, in: store) }
        let newest = try #require(store.paths.last)
        let bytes = try Directory.contents(of: newest)
        var cut = 0
        for damaged in [
            Array(bytes[..<(bytes.count / 2)]), [],
            Array("something else, longer than the head of a block has to be".utf8), bytes.map { $0 ^ 0x10 },
        ] {
            try AtomicFile.write(damaged, to: newest)
            let (found, warnings) = try Self.newest(store)
            #expect(found?.checkpoint.number == 2)
            #expect(
                warnings.count == 1 && warnings[0].contains("taking the one before") && warnings[0].contains(newest))
            cut += 1
        }
        #expect(cut == 4)
        // One that is not finished does not count at all.
        try AtomicFile.write(bytes, to: newest)
        try AtomicFile.write([1, 2], to: folder["c"] + "/update-000000000009.checkpoint.zst.tmp")
        let (found, warnings) = try Self.newest(store)
        #expect(found?.checkpoint.number == 3 && warnings.isEmpty)
    }

    @Test(arguments: [true, false])
    func everyChangedByteIsDetectedOrHarmless(_ isCompressed: Bool) throws {
        let folder = ScratchFolder()
        let store = CheckpointStore(path: folder["c"], isCompressed: isCompressed)
        try Self.save(5, in: store)
        let saved = try #require(try Self.newest(store).found)
        let bytes = try Directory.contents(of: store.paths[0])
        var wrong: [Int] = []
        for index in stride(from: 0, to: bytes.count, by: 11) {
            var damaged = bytes
            damaged[index] ^= 0x41
            try AtomicFile.write(damaged, to: store.paths[0])
            do {
                let found = try #require(try Self.newest(store).found)
                if found.arrays.mapValues({ $0.map(\.bitPattern) }) != saved.arrays.mapValues({ $0.map(\.bitPattern) })
                    || found.checkpoint.signature != saved.checkpoint.signature
                    || found.checkpoint.state != saved.checkpoint.state
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
        for number in 1...2 { try Self.save(number, in: store) }
        for path in store.paths { try AtomicFile.write([1, 2, 3], to: path) }
        #expect { try Self.newest(store) } throws: {
            ($0 as? Failure)?.code == .badData && "\($0)".contains("all 2 checkpoints are damaged")
                && "\($0)".contains("--fresh")
        }
    }

    @Test func otherStreamsAreNoCheckpoints() throws {
        let folder = ScratchFolder()
        let store = CheckpointStore(path: folder["c"])
        try Self.save(1, in: store)
        let header = StreamHeader(kind: .tokens, producer: "t", language: "x", tokenizer: "g")
        try AtomicFile.write(try streamBytes([], header: header, compressionLevel: 1, in: folder), to: store.paths[0])
        #expect { try CheckpointFile(path: store.paths[0]) } throws: { "\($0)".contains("kind checkpoint") }
    }

    /// A checkpoint as nerpipe wrote them before runs had typed identities.
    static func writeOldForm(_ columns: [(String, String)], to path: String) throws {
        var payload = Columns.Writer()
        for (name, text) in columns { payload.add(name, Array(text.utf8)) }
        let header = StreamHeader(kind: .checkpoint, producer: "nerpipe", language: "", tokenizer: "")
        let writer = try ShardWriter(to: .file(path), header: header, compressor: nil)
        try writer.append(
            EncodedBlock(Block(kind: .data, index: 1, payload: payload.payload()), compressor: nil))
        try writer.finish()
    }

    /// Of a student, and of `vectors train`.
    @Test(arguments: [
        [
            ("description", #"{"identity":{"kernels":"avx512","seed":"1"},"updateNumber":40}"#),
            ("state", #"{"updateNumber":40}"#), ("parameters", ""),
        ],
        [("state", #"{"blocks":3,"epoch":0,"lossCount":1,"losses":[],"lossSum":1,"tokens":10}"#)],
    ])
    func theFormBeforeIsRefusedAndNotTakenForDamage(_ columns: [(String, String)]) throws {
        let folder = ScratchFolder()
        let store = CheckpointStore(path: folder["c"])
        try Self.save(3, in: store)
        try Self.writeOldForm(columns, to: folder["c"] + "/update-000000000040.checkpoint.zst")
        #expect { try Self.newest(store) } throws: {
            ($0 as? Failure)?.code == .mismatch && "\($0)".contains("another version of nerpipe wrote it")
                && "\($0)".contains("--fresh")
        }
    }
}
