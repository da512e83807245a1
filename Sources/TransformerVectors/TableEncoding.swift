import Diagnostics
import Kernels
import Locks
package import Runs
package import Shards
package import Streams
import Transformers
import VectorSpaces
package import Vectors

/// Puts beside the vector of every word of a table what an encoder makes of the word.
///
/// The table that results has the same words, languages, pivot and statistics. A row is the old one and the encoder's part, each of
/// which has its share of the squared length; n-grams are fitted anew (``SubwordFit``), for both parts. States of the words lie in the
/// work folder `OUTPUT.work` until the table is complete, and an interrupted run continues with those that are missing.
/// Memory: `R x (dimension)` floats for the fit, where the table has n-grams, and those of the n-grams.
package struct TableEncoding: Sendable {
    package struct Options: Sendable {
        package var output: String
        package var rule = OutputRule()
        /// Numbers that the encoder's part has.
        package var dimension = 200
        /// Share of the squared length that the encoder's part has; 1 leaves the old vectors out.
        package var share: Float = 0.7
        package var seed: UInt64 = 1
        package var start = RunFolder.Start()
        package var keepsWork = false
        package var threads = ComputeThreads.single

        package init(output: String) { self.output = output }
    }

    private static let kind = "vectors encode"
    /// Words of one file of states.
    private static let blockWordCount = 8192
    /// Words that a thread encodes at a time.
    private static let sliceWordCount = 256

    private let table: VectorTable
    private let states: WordStates
    private let options: Options
    private let log: @Sendable (String) -> Void
    private let status: @Sendable (String, Double?) -> Void

    /// - Parameter encoderPath: For messages.
    package init(
        _ table: VectorTable, _ states: WordStates, encoderPath: String, _ options: Options,
        log: @escaping @Sendable (String) -> Void, status: @escaping @Sendable (String, Double?) -> Void
    ) throws {
        guard options.dimension <= states.dimension else {
            throw Failure.tooManyAxes(encoderPath, width: states.dimension)
        }
        (self.table, self.states, self.options, self.log, self.status) = (table, states, options, log, status)
    }

    /// What the states in the work folder depend on.
    private struct Identity: Codable {
        var table, encoder, pieces: String
        var layers: [Int]
    }

    package func run() throws -> VectorTableDescription {
        try options.rule.requireFree(options.output)
        let folder = try RunFolder(options.output + ".work", wait: options.start.wait)
        defer { withExtendedLifetime(folder) {} }
        let identity = Identity(
            table: table.description.digest, encoder: states.encoder.digest, pieces: states.pieces.digest,
            layers: states.layers)
        let signature = try folder.claim(
            RunSignature(Self.kind, identity: identity), options.start,
            own: { $0.hasSuffix(".checkpoint") || $0.hasSuffix(".tmp") }, warn: log)
        let store = CheckpointStore(path: folder.path, keptCount: .max, isCompressed: false)
        try encode(into: store, signature)
        try sayCounts(store)
        let description = try write(try joinedRows(store))
        if !options.keepsWork { try folder.remove() }
        return description
    }

    // MARK: States

    private var blockCount: Int { (table.rowCount + Self.blockWordCount - 1) / Self.blockWordCount }

    private func words(ofBlock block: Int) -> Range<Int> {
        block * Self.blockWordCount..<min(table.rowCount, (block + 1) * Self.blockWordCount)
    }

    /// Encodes the words whose states are not there yet.
    private func encode(into store: CheckpointStore, _ signature: RunSignature) throws {
        let done = store.paths.count
        if done > 0 { log("\(done) of \(blockCount) parts are there") }
        for block in done..<max(done, blockCount) {
            try Interruption.check("interrupted after \(block) of \(blockCount) parts")
            status("encoding words", Double(block) / Double(blockCount))
            let words = words(ofBlock: block), buffer = FloatBuffer(count: words.count * states.dimension)
            let counts = Locked(WordStates.Counts())
            let sliceCount = (words.count + Self.sliceWordCount - 1) / Self.sliceWordCount
            options.threads.run(sliceCount) { slice, _ in
                let start = words.lowerBound + slice * Self.sliceWordCount
                let part = start..<min(words.upperBound, start + Self.sliceWordCount)
                let found = states.encode(
                    part.map { TableWord.form(table, row: $0) },
                    into: buffer.pointer + (start - words.lowerBound) * states.dimension)
                counts.withLock { $0 += found }
            }
            try store.save(block, of: signature, state: counts.withLock { $0 }, [NamedFloats("states", buffer)])
        }
    }

    /// Says what was treated by rule in all parts, those of an earlier process among them.
    private func sayCounts(_ store: CheckpointStore) throws {
        var total = WordStates.Counts()
        for path in store.paths {
            guard
                let counts = try? JSON.decode(WordStates.Counts.self, from: CheckpointFile(path: path).checkpoint.state)
            else { throw Failure.damagedPart(path) }
            total += counts
        }
        for note in total.notes { log(note) }
    }

    /// Reads the states again, part after part.
    private func forEachPart(
        _ store: CheckpointStore,
        _ body: (_ rows: FloatBuffer, _ words: Range<Int>, _ languages: [UInt16]) throws -> Void
    ) throws {
        for (block, path) in store.paths.enumerated() {
            let words = words(ofBlock: block), rows = FloatBuffer(count: words.count * states.dimension)
            try CheckpointFile(path: path).read(into: [NamedFloats("states", rows)])
            try body(rows, words, words.map(table.language(ofRow:)))
        }
    }

    // MARK: Rows

    private var ownDimension: Int { options.share < 1 ? table.dimension : 0 }
    private var dimension: Int { ownDimension + options.dimension }

    /// The rows of the new table, `[R, dimension]`.
    private func joinedRows(_ store: CheckpointStore) throws -> FloatBuffer {
        status("finding the common space", nil)
        var means = CommonSpace.Means(
            width: states.dimension, languageCount: table.description.languages.count)
        try forEachPart(store) { rows, _, languages in means.add(rows, languages: languages) }
        var axes = CommonSpace.Axes(means: means.means, width: states.dimension)
        try forEachPart(store) { rows, _, languages in axes.add(rows, languages: languages) }
        let space = axes.space(dimension: options.dimension)
        let percent = Int((space.share * 1000).rounded())
        log(
            "\(options.dimension) of \(states.dimension) axes keep \(percent / 10).\(percent % 10) % of what tells words apart"
        )
        let joined = FloatBuffer(count: table.rowCount * dimension)
        try forEachPart(store) { rows, words, languages in
            let projected = FloatBuffer(count: words.count * options.dimension)
            space.project(rows, languages: languages, into: projected)
            for (number, word) in words.enumerated() {
                join(word, projected.pointer + number * options.dimension, into: joined.pointer + word * dimension)
            }
        }
        return joined
    }

    private func join(
        _ word: Int, _ part: UnsafePointer<Float>, into row: UnsafeMutablePointer<Float>
    ) {
        if ownDimension > 0 {
            withUnsafePointer(to: UInt32(word)) {
                table.gather(
                    UnsafeBufferPointer(start: $0, count: 1), scale: 1, into: row, stride: ownDimension)
            }
            VectorNorm.makeUnit(row, ownDimension)
            Kernel.scale(count: ownDimension, a: (1 - options.share).squareRoot(), y: row)
        }
        Kernel.axpy(count: options.dimension, a: options.share.squareRoot(), x: part, y: row + ownDimension)
    }

    // MARK: The table

    private func write(_ rows: FloatBuffer) throws -> VectorTableDescription {
        let old = table.description
        var fit = old.subwords.map { SubwordFit($0, dimension: dimension) }
        try fit?.run(table, seed: options.seed, row: { UnsafePointer(rows.pointer + $0 * dimension) }) { share in
            try Interruption.check("interrupted while n-grams were fitted")
            status("fitting n-grams", share)
        }
        let writer = try VectorTableWriter(
            path: options.output, dimension: dimension, normalization: .unit, statistics: old.statistics,
            unseenStatistics: old.unseenStatistics, folding: table.folding, rule: options.rule.forParts)
        let numbers = old.languages.map(writer.addLanguage)
        writer.pivot = old.pivot
        let statistics = FloatBuffer(count: max(1, old.statistics.count))
        for row in 0..<table.rowCount {
            if row % 8192 == 0 {
                try Interruption.check("interrupted while writing the table")
                status("writing the table", Double(row) / Double(table.rowCount))
            }
            withUnsafePointer(to: UInt32(row)) {
                table.gatherStatistics(
                    UnsafeBufferPointer(start: $0, count: 1), into: statistics.pointer, stride: old.statistics.count)
            }
            guard let word = table.bytes(ofWord: row) else { throw Failure.damagedWord(table.path, row: row) }
            try writer.append(
                word: word, language: numbers[Int(table.language(ofRow: row))], vector: rows.pointer + row * dimension,
                statistics: old.statistics.isEmpty ? nil : UnsafePointer(statistics.pointer))
        }
        if let fit {
            try writer.appendSubwords(fit.settings) { bucket, row in
                row.update(from: fit.vectors.pointer + bucket * dimension, count: dimension)
            }
        }
        return try writer.finish()
    }
}
