import Checkpoints
import Diagnostics
import Shards
import WordAlignment

/// What `vectors train` keeps beside its output until it is done: each file is complete or absent, so that an
/// interrupted run continues with the first one that is missing.
struct WorkFolder {
    let path: String
    /// What the run is; a folder of another run is refused.
    let identity: [String: String]

    func file(_ name: String) -> String { "\(path)/\(name)" }
    func has(_ name: String) -> Bool { Directory.fileExists(file(name)) }

    /// Makes the folder, or finds that of the same run; locked as long as the result lives.
    ///
    /// - Parameters:
    ///   - startsFresh: Whether what an earlier run left is removed first.
    ///   - acceptsOtherKernels: Whether what another instruction set computed is continued.
    ///   - wait: How long to wait for another process that works here.
    func open(startsFresh: Bool, acceptsOtherKernels: Bool, wait: Duration, warn: (String) -> Void) throws -> FileLock {
        if startsFresh, Directory.exists(path) {
            let lock = try FileLock(folder: path, wait: wait)
            try withExtendedLifetime(lock) { try remove() }
        }
        try Directory.make(path)
        let lock = try FileLock(folder: path, wait: wait)
        let place = file("run.json")
        if has("run.json") {
            guard let found = try? JSON.decode([String: String].self, from: Directory.contents(of: place)) else {
                throw Failure(.badData, "\(place): damaged; say --fresh to start over")
            }
            let accepted = try RunKernels.accepted(found, here: identity, place: path, acceptsOtherKernels)
            for key in Set(found.keys).union(accepted.keys).sorted() where found[key] != accepted[key] {
                throw Failure(
                    .mismatch,
                    "\(path): holds another run: \(key) was \(found[key] ?? "absent"), is \(accepted[key] ?? "absent"); "
                        + "use the same inputs and options, or remove the folder (or say --fresh) to start over")
            }
            if accepted != identity {
                let continued = RunKernels.continued(accepted, here: identity)
                try AtomicFile.write(JSON.encodePretty(continued), to: place)
                warn(RunKernels.warning(continued))
            }
        } else {
            let strangers = Directory.names(in: path).filter { name in
                ![".zst", ".dictionary", ".checkpoint", ".tmp"].contains { name.hasSuffix($0) }
            }
            guard strangers.isEmpty else {
                throw Failure(
                    .cannotCreate,
                    "\(path): is no work folder of 'vectors train', \(strangers[0]) is in it; name another output")
            }
            // Of which run the files are that a removal left half done, nobody knows.
            for name in Directory.names(in: path) { try Directory.remove(file(name)) }
            try AtomicFile.write(JSON.encodePretty(identity), to: place)
        }
        return lock
    }

    /// Removes the folder, which stops being one of a run at the first step: a removal may be killed.
    func remove() throws {
        guard has("run.json") else { return }
        try Directory.remove(file("run.json"))
        Directory.sync(path)
        try Directory.removeFolder(path)
    }
}

/// The vocabulary in a file.
extension Vocabulary {
    private static var wordsPerBlock: Int { 1 << 20 }

    func write(to path: String, description: some Encodable) throws {
        let compressor = FrameCompressor(level: 1)
        let writer = try ShardWriter(to: .file(path), header: .ofWork(.vocabulary), compressor: compressor)
        var head = Columns.Writer()
        head.add("description", try JSON.encode(description))
        try writer.append(EncodedBlock(Block(kind: .data, index: 1, payload: head.payload()), compressor: compressor))
        var number = 1
        for first in stride(from: 0, to: wordCount, by: Self.wordsPerBlock) {
            let words = first..<min(wordCount, first + Self.wordsPerBlock)
            let start = range(first).lowerBound
            let ends = words.map { UInt32(range($0).upperBound - start) }
            let bytes = words.flatMap { word in withBytes(word) { Array($0) } }
            number += 1
            var columns = Columns.Writer()
            columns.add("ends", ends)
            columns.add("bytes", bytes)
            columns.add("languages", Array(wordLanguages[words]))
            columns.add("counts", Array(counts[words]))
            try writer.append(
                EncodedBlock(Block(kind: .data, index: number, payload: columns.payload()), compressor: compressor))
        }
        try writer.finish()
    }

    /// Reads what ``write(to:description:)`` wrote.
    static func read<Description: Decodable>(_ path: String, languages: [String], as type: Description.Type) throws -> (
        Vocabulary, Description
    ) {
        let reader = try ShardReader(paths: [path])
        try reader.header.require(.vocabulary, from: path, by: "vectors train")
        let vocabulary = Vocabulary(limit: Int(UInt32.max) - 1)
        for language in languages { _ = vocabulary.languageNumber(language) }
        guard let head = try reader.next() else { throw Columns.Reader.damaged(path, "it is empty") }
        let description = try JSON.decode(
            type, from: Columns.Reader(head.payload, place: path).column("description", as: UInt8.self))
        while let block = try reader.next() {
            let columns = try Columns.Reader(block.payload, place: path)
            let ends = try columns.column("ends", as: UInt32.self)
            let bytes = try columns.column("bytes", as: UInt8.self)
            let wordLanguages = try columns.column("languages", as: UInt16.self, count: ends.count)
            let counts = try columns.column("counts", as: WordCounts.self, count: ends.count)
            var start = 0
            try bytes.withUnsafeBufferPointer { bytes in
                for word in ends.indices {
                    let end = Int(ends[word])
                    guard start <= end, end <= bytes.count, Int(wordLanguages[word]) < languages.count else {
                        throw Columns.Reader.damaged(path, "its parts do not fit together")
                    }
                    vocabulary.append(
                        .init(rebasing: bytes[start..<end]), language: wordLanguages[word], counts: counts[word])
                    start = end
                }
            }
        }
        return (vocabulary, description)
    }
}
