import CXXHash
import Diagnostics
import Kernels
package import Shards
package import UnicodeText

/// Writes a table row by row.
///
/// Memory: the words, the index and the statistics, not the vectors. For `N` rows whose look-up forms have `B` bytes
/// together, with `S` statistics: `B + N x (10 + 4 S)` bytes in arrays, and an index of 4 bytes times the power of two
/// from `2 N` on, so 8 to 16 bytes a row; 8-bit rows 4 more. Arrays grow by doubling, which adds up to as much again.
package final class VectorTableWriter {
    private let file: AtomicFile
    package let dimension: Int
    private let normalization: VectorNormalization
    private var description: VectorTableDescription
    private let digest = RunningDigest()
    private var words: [UInt8] = []
    private var wordEnds: [UInt64] = []
    private var wordLanguages: [UInt16] = []
    private var index: [UInt32] = Array(repeating: VectorTableFormat.emptySlot, count: 1024)
    private let folding: LookupForm.Folding
    /// By language.
    private var lookupForms: [LookupForm] = []
    private var form: [UInt8] = []
    private var encoder: VectorRowEncoder
    private var rowScales: [Float] = []
    private var subwordScales: [Float] = []
    private let row: FloatBuffer
    /// Where rows wait for the means of their languages; nil when they are written at once.
    private var waiting: CenteringSpool?
    /// `[rowCount, statistics.count]`
    private var statistics: [Float] = []
    private var transforms: [UInt16: (center: [Float], rotation: [Float])] = [:]

    /// - Parameters:
    ///   - statistics: Names of the numbers beside each row.
    ///   - unseenStatistics: Those numbers for a word without a row, as many as there are names.
    ///   - folding: How words are folded.
    package init(
        path: String, dimension: Int, normalization: VectorNormalization, statistics: [String] = [],
        unseenStatistics: [Float] = [], rowFormat: VectorRowFormat = .f16, folding: LookupForm.Folding = .current,
        rule: OutputRule = OutputRule()
    ) throws {
        precondition(
            statistics.count <= VectorTableFormat.maximumStatisticCount && unseenStatistics.count == statistics.count,
            "\(statistics.count) statistics, \(unseenStatistics.count) for unseen words")
        file = try AtomicFile(path, rule)
        self.dimension = dimension
        self.normalization = normalization
        description = VectorTableDescription(
            dimension: dimension, rowCount: 0, languages: [], normalization: normalization.rawValue,
            statistics: statistics, unseenStatistics: unseenStatistics, rowFormat: rowFormat)
        self.folding = folding
        if folding != .letters { (description.version, description.folding) = (2, folding.rawValue) }
        encoder = VectorRowEncoder(format: rowFormat, dimension: dimension)
        row = FloatBuffer(count: dimension)
        waiting = normalization == .centerUnit ? try CenteringSpool(beside: path, dimension: dimension) : nil
        try file.write([UInt8](repeating: 0, count: VectorTableFormat.sectionAlignment))
    }

    package var rowCount: Int { wordEnds.count }
    package var repeatedWordCount: Int { description.repeatedWordCount }

    /// Adds a language and returns its number; `*` is any language.
    package func addLanguage(_ code: String) -> UInt16 {
        if let number = description.languages.firstIndex(of: code) { return UInt16(number) }
        description.languages.append(code)
        lookupForms.append(LookupForm(folding, language: code))
        return UInt16(description.languages.count - 1)
    }

    /// The language whose rows stand in for missing ones; it must have been added before ``finish()``.
    package var pivot: String? {
        get { description.pivot }
        set { description.pivot = newValue }
    }

    /// Says how vectors composed for words of a language are brought to where its rows lie:
    /// `unit(unit(v) - center) x rotation`. The rows are written as they are.
    ///
    /// - Parameters:
    ///   - center: `[D]`.
    ///   - rotation: `[D, D]`, row-major; the row vector stands on its left.
    package func setTransform(language: UInt16, center: [Float], rotation: [Float]) {
        precondition(Int(language) < description.languages.count, "language \(language) was not added")
        precondition(
            center.count == dimension && rotation.count == dimension * dimension,
            "a transform of \(center.count) and \(rotation.count) numbers for \(dimension) dimensions")
        transforms[language] = (center, rotation)
    }

    /// Appends a row. A word whose look-up form is there already is left out and counted: the first,
    /// more frequent one wins.
    ///
    /// - Parameter statistics: `[statistics.count]`, exactly when the table has statistics.
    package func append(
        word: UnsafeBufferPointer<UInt8>, language: UInt16, vector: UnsafePointer<Float>,
        statistics numbers: UnsafePointer<Float>? = nil
    ) throws {
        precondition((numbers != nil) == !description.statistics.isEmpty, "statistics of a row are missing or too many")
        form.removeAll(keepingCapacity: true)
        lookupForms[Int(language)].append(word, to: &form)
        guard rowCount < VectorTableFormat.maximumRowCount else {
            throw Failure.tooManyWords(file.path, maximum: VectorTableFormat.maximumRowCount)
        }
        guard let slot = freeSlot(language: language) else {
            description.repeatedWordCount += 1
            return
        }
        row.pointer.update(from: vector, count: dimension)
        if normalization != .none { VectorNorm.makeUnit(row.pointer, dimension) }
        // First what may fail: a caller may go on with the next word.
        if let waiting { try waiting.append(row.pointer, language: language) } else { try write(row.pointer) }
        index[slot] = UInt32(rowCount)
        words += form
        wordEnds.append(UInt64(words.count))
        wordLanguages.append(language)
        if rowCount * 2 > index.count { growIndex() }
        statistics += UnsafeBufferPointer(start: numbers, count: description.statistics.count)
    }

    /// Writes the rows of the character n-grams; call after all words.
    package func appendSubwords(_ subwords: SubwordDescription, row: (Int, UnsafeMutablePointer<Float>) throws -> Void)
        throws
    {
        try endRows()
        if let waiting {
            // Composed vectors have to go the way of the rows.
            var identity = [Float](repeating: 0, count: dimension * dimension)
            for axis in 0..<dimension { identity[axis * (dimension + 1)] = 1 }
            for language in 0..<UInt16(description.languages.count) {
                setTransform(language: language, center: waiting.center(of: language), rotation: identity)
            }
        }
        let start = file.byteCount
        for bucket in 0..<subwords.buckets {
            try row(bucket, self.row.pointer)
            try write(self.row.pointer)
        }
        try endSection("subwords", from: start)
        subwordScales = encoder.takeScales()
        description.subwords = subwords
    }

    /// Writes the rows that wait, and ends their section; does nothing when that was done.
    private func endRows() throws {
        guard description.sections["rows"] == nil else { return }
        if let waiting {
            try waiting.forEachCentered(languages: wordLanguages) { try write($0) }
        }
        try endSection("rows", from: VectorTableFormat.sectionAlignment)
        rowScales = encoder.takeScales()
    }

    /// Writes what is left; the file gets its name.
    package func finish() throws -> VectorTableDescription {
        precondition(
            pivot.map(description.languages.contains) ?? true, "the pivot \(pivot ?? "") is no language of the table")
        try endRows()
        if description.rowFormat == .int8 { try writeSection("rowScales", rowScales) }
        if !subwordScales.isEmpty { try writeSection("subwordScales", subwordScales) }
        try requireFinite(statistics, "statistic")
        try requireFinite(description.unseenStatistics, "statistic of unseen words")
        if !description.statistics.isEmpty { try writeSection("statistics", statistics) }
        if !transforms.isEmpty { try writeTransforms() }
        try writeSection("words", words)
        try writeSection("wordEnds", wordEnds)
        try writeSection("wordLanguages", wordLanguages)
        try writeSection("index", index)
        description.rowCount = rowCount
        try description.digestedSettings().withUnsafeBytes { digest.update($0) }
        description.digest = digest.hex
        let json = try JSON.encode(description)
        let head = VectorTableFormat.head(descriptionOffset: file.byteCount, description: json)
        try file.write(json)
        try head.withUnsafeBytes { try file.overwrite($0, at: 0) }
        try file.commit()
        return description
    }

    private func requireFinite(_ values: [Float], _ what: String) throws {
        guard let index = values.firstIndex(where: { !$0.isFinite }) else { return }
        throw Failure.isNoNumber(file.path, what, index)
    }

    /// Languages without a transform get the one that changes nothing.
    private func writeTransforms() throws {
        let L = description.languages.count, D = dimension
        var centers = [Float](repeating: 0, count: L * D)
        var rotations = [Float](repeating: 0, count: L * D * D)
        for language in 0..<L {
            if let (center, rotation) = transforms[UInt16(language)] {
                centers.replaceSubrange(language * D..<(language + 1) * D, with: center)
                rotations.replaceSubrange(language * D * D..<(language + 1) * D * D, with: rotation)
            } else {
                for axis in 0..<D { rotations[(language * D + axis) * D + axis] = 1 }
            }
        }
        try requireFinite(centers, "center")
        try requireFinite(rotations, "rotation")
        try writeSection("centers", centers)
        try writeSection("rotations", rotations)
    }

    private func write(_ values: UnsafeMutablePointer<Float>) throws {
        guard encoder.encode(values) else {
            throw Failure.valueTooLarge(file.path, row: rowCount)
        }
        try encoder.bytes.withUnsafeBytes { bytes in
            digest.update(bytes)
            try buffered(bytes)
        }
    }

    private var pending: [UInt8] = []

    private func buffered(_ bytes: UnsafeRawBufferPointer) throws {
        pending.append(contentsOf: bytes)
        if pending.count >= 1 << 20 { try flush() }
    }

    private func flush() throws {
        try file.write(pending)
        pending.removeAll(keepingCapacity: true)
    }

    private func writeSection<T: BitwiseCopyable>(_ name: String, _ values: [T]) throws {
        let start = file.byteCount
        try values.withUnsafeBytes { bytes in
            digest.update(bytes)
            try file.write(bytes)
        }
        try endSection(name, from: start)
    }

    private func endSection(_ name: String, from start: Int) throws {
        try flush()
        description.sections[name] = .init(offset: start, bytes: file.byteCount - start)
        let alignment = VectorTableFormat.sectionAlignment
        try file.write([UInt8](repeating: 0, count: (alignment - file.byteCount % alignment) % alignment))
    }

    /// The slot for ``form``, or nil when the word has a row.
    private func freeSlot(language: UInt16) -> Int? {
        let mask = index.count - 1
        var slot =
            Int(
                truncatingIfNeeded: form.withUnsafeBytes {
                    XXH3_64bits_withSeed($0.baseAddress, $0.count, UInt64(language))
                }) & mask
        while index[slot] != VectorTableFormat.emptySlot {
            let row = Int(index[slot])
            let start = row == 0 ? 0 : Int(wordEnds[row - 1])
            if wordLanguages[row] == language, words[start..<Int(wordEnds[row])].elementsEqual(form) { return nil }
            slot = (slot + 1) & mask
        }
        return slot
    }

    private func growIndex() {
        index = Array(repeating: VectorTableFormat.emptySlot, count: index.count * 2)
        let mask = index.count - 1
        words.withUnsafeBytes { bytes in
            for row in wordEnds.indices {
                let start = row == 0 ? 0 : Int(wordEnds[row - 1])
                let hash = XXH3_64bits_withSeed(
                    bytes.baseAddress.map { $0 + start }, Int(wordEnds[row]) - start, UInt64(wordLanguages[row]))
                var slot = Int(truncatingIfNeeded: hash) & mask
                while index[slot] != VectorTableFormat.emptySlot { slot = (slot + 1) & mask }
                index[slot] = UInt32(row)
            }
        }
    }
}
