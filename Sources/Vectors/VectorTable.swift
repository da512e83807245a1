import Corpora
import Diagnostics
import Kernels
package import Shards
package import UnicodeText

/// Vectors of words of several languages in one space, memory-mapped: opening costs a few pages, whatever the size.
///
/// `@unchecked Sendable` holds because the mapping is never written after the initializer.
package final class VectorTable: FrozenVectors, @unchecked Sendable {
    package let path: String
    package let description: VectorTableDescription
    private let file: MappedFile
    private let rows: VectorRows
    private let index: WordIndex
    private let subwords: VectorRows?
    private let statistics: UnsafePointer<Float>?
    private let centers: UnsafePointer<Float>?
    private let rotations: UnsafePointer<Float>?

    package var dimension: Int { description.dimension }
    package var byteCount: Int { file.bytes.count }
    package var rowCount: Int { description.rowCount }
    package var reference: TableReference {
        TableReference(path: path, digest: description.digest, dimension: dimension)
    }

    /// How its words were folded, and words to be looked up must be.
    package var folding: LookupForm.Folding { LookupForm.Folding(rawValue: description.folding ?? 0) ?? .letters }

    /// Turns words of a language into what they are looked up as.
    package func lookupForm(for language: String) -> LookupForm { LookupForm(folding, language: language) }

    /// Maps a table and checks its head, its description and the place of every section; the rows themselves are not
    /// read.
    ///
    /// - Parameter readsRows: Gathered rows are read from the file each time, but for the first three megabytes of them, and not
    ///   taken from the mapping, where every rare word brings 64 KiB into this process: for those who keep what they made
    ///   of frequent rows.
    package init(path: String, readsRows: Bool = false) throws {
        self.path = path
        file = try MappedFile(
            path: path, action: "open the vector table", hint: "make one with 'nerpipe vectors import'",
            isRead: readsRows)
        let bytes = file.bytes
        guard let base = bytes.baseAddress, bytes.count >= VectorTableFormat.headByteCount else {
            throw Self.damaged(path, "it is too short")
        }
        description = try Self.readDescription(bytes, path)
        let layout = try VectorTableSections(description, byteCount: bytes.count, path: path)
        func array<T>(_ offset: Int, of type: T.Type) -> UnsafePointer<T> {
            (base + offset).assumingMemoryBound(to: type)
        }
        func floats(_ offset: Int?) -> UnsafePointer<Float>? { offset.map { array($0, of: Float.self) } }
        index = WordIndex(
            words: UnsafeBufferPointer(
                start: array(layout.words.lowerBound, of: UInt8.self), count: layout.words.count),
            wordEnds: array(layout.wordEnds, of: UInt64.self),
            wordLanguages: array(layout.wordLanguages, of: UInt16.self),
            slots: UnsafeBufferPointer(
                start: array(layout.index.lowerBound, of: UInt32.self), count: layout.index.count / 4),
            rowCount: description.rowCount)
        let dimension = description.dimension
        rows = VectorRows(
            at: base + layout.rows, scales: floats(layout.rowScales), dimension: dimension,
            file: readsRows ? (file, layout.rows) : nil)
        subwords = layout.subwords.map {
            VectorRows(at: base + $0, scales: floats(layout.subwordScales), dimension: dimension)
        }
        statistics = floats(layout.statistics)
        centers = floats(layout.centers)
        rotations = floats(layout.rotations)
    }

    /// Number of rows of each language, by its number.
    package var rowCounts: [Int] {
        var counts = [Int](repeating: 0, count: description.languages.count)
        // A damaged number is that of no language.
        for row in 0..<rowCount {
            let language = Int(index.wordLanguages[row])
            if language < counts.count { counts[language] += 1 }
        }
        return counts
    }

    /// Row of a word, given in its look-up form; the first of `languages` that has one decides.
    package func row(of word: UnsafeBufferPointer<UInt8>, languages: [UInt16]) -> UInt32? {
        index.row(of: word, languages: languages)
    }

    /// The rows of many words, faster than one by one: what ``row(of:languages:)`` gives for each, or
    /// `EmbeddedColumns/absent`.
    ///
    /// - Parameters:
    ///   - text: Look-up forms, laid end to end.
    ///   - ends: End of each word in `text`, ascending.
    package func rows(of text: [UInt8], ends: [UInt32], languages: [UInt16]) -> [UInt32] {
        precondition(Int(ends.last ?? 0) <= text.count, "words of \(ends.last ?? 0) bytes in \(text.count)")
        return [UInt32](unsafeUninitializedCapacity: ends.count) { rows, count in
            text.withUnsafeBufferPointer { text in
                ends.withUnsafeBufferPointer { ends in
                    if let base = rows.baseAddress { index.lookUp(text, ends: ends, languages: languages, into: base) }
                }
            }
            count = ends.count
        }
    }

    /// The look-up form of a row; nil when the table is damaged there.
    package func bytes(ofWord row: Int) -> UnsafeBufferPointer<UInt8>? {
        precondition(row >= 0 && row < rowCount, "row \(row) of \(rowCount)")
        return index.bytes(ofWord: row)
    }

    package func gather(
        _ numbers: UnsafeBufferPointer<UInt32>, scale: Float, into out: UnsafeMutablePointer<Float>, stride: Int
    ) {
        // Row numbers come out of streams, and the kernel checks nothing.
        for number in numbers where number != EmbeddedColumns.absent {
            precondition(Int(number) < rowCount, "row \(number) of \(rowCount)")
        }
        rows.gather(numbers, scale: scale, into: out, stride: stride)
    }

    /// Scalar products with a vector of rows that lie side by side, and the rows' own sums of squares.
    ///
    /// - Parameters:
    ///   - q: `[dimension]`.
    ///   - block: `[rows.count, dimension]`, room for what the rows are turned into.
    ///   - dots: `[rows.count]`, written.
    ///   - squares: `[rows.count]`, written.
    package func dot(
        _ range: Range<Int>, _ q: UnsafePointer<Float>, block: UnsafeMutablePointer<Float>,
        dots: UnsafeMutablePointer<Float>, squares: UnsafeMutablePointer<Float>
    ) {
        precondition(range.lowerBound >= 0 && range.upperBound <= rowCount, "rows \(range) of \(rowCount)")
        rows.dot(range, q, block: block, dots: dots, squares: squares)
    }

    package var statisticNames: [String] { description.statistics }

    package func gatherStatistics(
        _ numbers: UnsafeBufferPointer<UInt32>, into out: UnsafeMutablePointer<Float>, stride: Int
    ) {
        guard let statistics else { return }
        let S = description.statistics.count
        description.unseenStatistics.withUnsafeBufferPointer { unseen in
            guard let unseen = unseen.baseAddress else { return }
            for (index, number) in numbers.enumerated() {
                precondition(number == EmbeddedColumns.absent || Int(number) < rowCount, "row \(number) of \(rowCount)")
                let source = number == EmbeddedColumns.absent ? unseen : statistics + Int(number) * S
                (out + index * stride).update(from: source, count: S)
            }
        }
    }

    /// The statistic of a row, by its name; nil when the table does not have it.
    package func statistic(_ name: String, ofRow row: UInt32) -> Float? {
        guard let statistics, let column = statisticNames.firstIndex(of: name) else { return nil }
        precondition(Int(row) < rowCount, "row \(row) of \(rowCount)")
        return statistics[Int(row) * statisticNames.count + column]
    }

    /// How a word is usually written where capitals say something, as its statistic `case` tells; nil when the table does
    /// not know.
    ///
    /// - Parameter word: Look-up form.
    package func usualCapitalization(of word: [UInt8], language: String) -> Capitalization? {
        guard let number = languageNumber(language),
            let row = word.withUnsafeBufferPointer({ row(of: $0, languages: [number]) }),
            let value = statistic("case", ofRow: row)
        else { return nil }
        // Twice a share, less one: 0 when nothing was counted.
        return value == 0 ? nil : value > 0 ? .capitalized : .lower
    }

    /// The f16 patterns of a row; of an 8-bit row, rounded.
    package func halfRow(_ row: Int) -> [UInt16] {
        precondition(row >= 0 && row < rowCount, "row \(row) of \(rowCount)")
        return rows.halfRow(row)
    }

    /// The language of a row, by its number in the description.
    package func language(ofRow row: Int) -> UInt16 {
        precondition(row >= 0 && row < rowCount, "row \(row) of \(rowCount)")
        return index.wordLanguages[row]
    }

    /// The first rows of a language within `range` that lie side by side, `count` at most; nil when there is none.
    package func firstRun(ofLanguage language: UInt16, in range: Range<Int>, count: Int) -> Range<Int>? {
        precondition(range.lowerBound >= 0 && range.upperBound <= rowCount, "rows \(range) of \(rowCount)")
        let languages = index.wordLanguages
        var start = range.lowerBound
        while start < range.upperBound, languages[start] != language { start += 1 }
        let limit = min(start + count, range.upperBound)
        var end = start
        while end < limit, languages[end] == language { end += 1 }
        return start == end ? nil : start..<end
    }

    /// Whether ``compose(_:language:into:)`` makes a vector of a word.
    package func canCompose(_ word: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let settings = description.subwords else { return false }
        var buckets: [UInt32] = []
        SubwordHash.append(bucketsOf: word, settings, to: &buckets)
        return !buckets.isEmpty
    }

    /// Composes the vector of a word from its character n-grams; false when the table has no sub-words, or the word
    /// none.
    ///
    /// The mean of the n-grams' rows as fastText's `getWordVector` makes it for unknown words (Bojanowski et al. 2017,
    /// section 3.2), then scaled to unit length when the table's rows are, then brought to where the rows of the
    /// language lie when the table says how.
    ///
    /// - Parameter language: Number of the word's language; nil leaves the vector in the common space.
    package func compose(
        _ word: UnsafeBufferPointer<UInt8>, language: UInt16?, into out: UnsafeMutablePointer<Float>
    ) -> Bool {
        guard let subwords, let settings = description.subwords else { return false }
        var buckets: [UInt32] = []
        SubwordHash.append(bucketsOf: word, settings, to: &buckets)
        guard !buckets.isEmpty else { return false }
        subwords.sum(buckets, into: out)
        Kernel.scale(count: dimension, a: 1 / Float(buckets.count), y: out)
        if description.normalization != VectorNormalization.none.rawValue { VectorNorm.makeUnit(out, dimension) }
        if let language, let centers, let rotations {
            let L = Int(language), D = dimension
            precondition(L < description.languages.count, "language \(L) of \(description.languages.count)")
            VectorTransform(center: centers + L * D, rotation: rotations + L * D * D).apply(to: out, dimension: D)
        }
        return true
    }

    /// Writes the row of an n-gram as floats, `[dimension]`.
    package func copySubword(_ bucket: Int, into out: UnsafeMutablePointer<Float>) {
        guard let subwords, let settings = description.subwords else { preconditionFailure("no sub-words") }
        precondition(bucket >= 0 && bucket < settings.buckets, "bucket \(bucket) of \(settings.buckets)")
        subwords.copyRow(bucket, into: out)
    }

    /// Whether vectors composed for some language are moved to where its rows lie.
    package var hasTransforms: Bool { rotations != nil }

    /// How vectors composed for a language are moved, `unit(unit(v) - center) x rotation`: `[D]`, and `[D, D]`
    /// row-major; nil when the table moves none.
    package func transform(ofLanguage number: UInt16) -> (center: [Float], rotation: [Float])? {
        guard let centers, let rotations else { return nil }
        let L = Int(number), D = dimension
        precondition(L < description.languages.count, "language \(L) of \(description.languages.count)")
        return (
            Array(UnsafeBufferPointer(start: centers + L * D, count: D)),
            Array(UnsafeBufferPointer(start: rotations + L * D * D, count: D * D))
        )
    }

    /// Bytes that are read before those behind them are given back.
    private static let verifiedByteCount = 1 << 20

    /// Recomputes the digest and compares it; reads the whole file, some gigabytes a second when the system has it in
    /// memory, and keeps none of it there.
    package func verify() throws {
        let digest = RunningDigest()
        for section in description.sections.values.sorted(by: { $0.offset < $1.offset }) {
            let end = section.offset + section.bytes
            for start in stride(from: section.offset, to: end, by: Self.verifiedByteCount) {
                let part = start..<min(end, start + Self.verifiedByteCount)
                digest.update(UnsafeRawBufferPointer(rebasing: file.bytes[part]))
                file.release(part)
            }
        }
        try description.digestedSettings().withUnsafeBytes { digest.update($0) }
        guard digest.hex == description.digest else {
            throw Self.damaged(path, "its content does not have the digest it was written with")
        }
    }

    private static func readDescription(_ bytes: UnsafeRawBufferPointer, _ path: String) throws
        -> VectorTableDescription
    {
        guard bytes.prefix(8).elementsEqual(VectorTableFormat.magic) else {
            throw Failure.noVectorTable(path)
        }
        guard Digest.xxh3(.init(rebasing: bytes[..<40])) == bytes.integer(at: 40, as: UInt64.self),
            let offset = Int(exactly: bytes.integer(at: 8, as: UInt64.self)),
            let count = Int(exactly: bytes.integer(at: 16, as: UInt64.self)),
            bytes.integer(at: 32, as: UInt64.self) == UInt64(bytes.count), offset <= bytes.count,
            count == bytes.count - offset,
            Digest.xxh3(.init(rebasing: bytes[offset...])) == bytes.integer(at: 24, as: UInt64.self)
        else { throw damaged(path, "its head or description is damaged, or the file was cut") }
        do {
            let description = try JSON.decode(VectorTableDescription.self, from: Array(bytes[offset...]))
            guard (1...2).contains(description.version) else {
                throw Failure.otherTableVersion(description.version, path)
            }
            guard LookupForm.Folding(rawValue: description.folding ?? 0) != nil else {
                throw Failure.unknownFolding(description.folding ?? 0, path)
            }
            return description
        } catch let failure as Failure {
            throw failure
        } catch {
            throw damaged(path, "its description is incomplete")
        }
    }
}
