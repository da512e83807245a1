package import Corpora
import Diagnostics
import Kernels
package import Shards
import UnicodeText

/// Makes a vector table from the files of other programs.
package enum VectorImport {
    /// A file and the language of its words; `*` when they are of any language.
    package struct Source: Sendable {
        package var language: String
        package var path: String

        /// Parses `LANGUAGE=PATH` or `PATH`.
        package init(_ text: String) {
            if let equals = text.firstIndex(of: "="), !text[..<equals].contains("/") {
                language = String(text[..<equals])
                path = String(text[text.index(after: equals)...])
            } else {
                language = "*"
                path = text
            }
        }
    }

    /// What happens with words that are no UTF-8.
    package enum InvalidWordPolicy: String, CaseIterable, Sendable {
        /// Stop, naming file and line.
        case fail
        /// Leave the word out; counted.
        case skip
        /// Each ill-formed sequence becomes U+FFFD; counted.
        case replace
    }

    package struct Options: Sendable {
        package var format = VectorFileFormat.auto
        package var normalization = VectorNormalization.unit
        package var rowFormat = VectorRowFormat.f16
        package var invalidWords = InvalidWordPolicy.fail
        package var allowsWrongCount = false
        /// Words read of each file: the first, most frequent ones.
        package var maximumWordCount = Int.max
        /// What becomes of lines that are no word and its vector.
        package var bad = BadRecords()
        /// What becomes of a table that is there.
        package var rule = OutputRule()

        package init(normalization: VectorNormalization = .unit, rowFormat: VectorRowFormat = .f16) {
            self.normalization = normalization
            self.rowFormat = rowFormat
        }
    }

    /// What was met in one file.
    package struct Tally: Equatable, Sendable {
        package var path: String
        /// Words read, with those that were left out.
        package var words = 0
        /// Lines that were left out because they are no word and its vector.
        package var rejected = 0
        /// Left out because the table has a row for their look-up form.
        package var repeated = 0
        /// Left out because nothing can be looked up by them.
        package var empty = 0
        /// Kept; their rows are zero.
        package var zeroVectors = 0
        package var invalidSkipped = 0
        package var invalidReplaced = 0
        /// Kept; the words of text, which end at spaces, never find them.
        package var spaced = 0
        /// Those of them whose last part is a number: their lines had more numbers than the others.
        package var numbered = 0
        package var remark: String?

        /// What a user should know, as one line; nil when all is as it should be.
        package var notes: String? {
            let notes = [
                (repeated, "repeated words left out"), (empty, "empty words left out"),
                (zeroVectors, "words have a vector of zeros"), (invalidSkipped, "words that are no UTF-8 left out"),
                (invalidReplaced, "words with bytes that are no UTF-8, replaced by U+FFFD"),
                (spaced, "words have spaces in them, which no word of a text has"),
                (numbered, "of these end in a number: is the dimension right?"),
            ].filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
            let all = notes + (remark.map { [$0] } ?? [])
            return all.isEmpty ? nil : "\(path): " + all.joined(separator: "; ")
        }
    }

    /// How far an import is.
    package struct Progress: Sendable {
        package var rowCount: Int
        /// Share of the files that was read, each file being an equal share; nil when a size is not known.
        package var fraction: Double?
    }

    /// Reads all sources in order into one table.
    ///
    /// Memory: that of ``VectorTableWriter``, and some buffers; a fastText model is mapped.
    ///
    /// - Parameters:
    ///   - progress: Called now and then.
    ///   - notify: Called with what a user should know: see ``Tally/notes``.
    package static func run(
        _ sources: [Source], to path: String, _ options: Options = Options(),
        progress: (Progress) -> Void = { _ in }, notify: (String) -> Void = { _ in }
    ) throws -> VectorTableDescription {
        var writer: VectorTableWriter?
        for (number, source) in sources.enumerated() {
            guard source.path != "-" else {
                throw Failure.cannotImportStandardInput()
            }
            let file = try options.format.open(source.path, temporaryBeside: path, notify: notify)
            let table =
                try writer
                ?? VectorTableWriter(
                    path: path, dimension: file.dimension, normalization: options.normalization,
                    rowFormat: options.rowFormat, rule: options.rule)
            writer = table
            guard file.dimension == table.dimension else {
                throw Failure.dimensionDiffers(source.path, file.dimension, first: sources[0].path, table.dimension)
            }
            let model = file as? FastTextModelFile
            guard model?.subwords == nil || sources.count == 1 else {
                throw Failure.subwordsAmongOthers(source.path)
            }
            let tally = try append(file, source, to: table, options) {
                let share = file.fraction.map { (Double(number) + $0) / Double(sources.count) }
                progress(Progress(rowCount: table.rowCount, fraction: share))
            }
            if let notes = tally.notes { notify(notes) }
            if let model, let subwords = model.subwords {
                try table.appendSubwords(subwords) { bucket, row in
                    model.copySubword(bucket, into: row)
                    try requireFit(row, model, options.rowFormat.limit) { model.failure(ofSubword: bucket, $0) }
                }
            }
        }
        guard let writer else { throw Failure.noVectorFile() }
        try options.bad.finish()
        guard writer.rowCount > 0 else {
            throw Failure.nothingToImport(sources[0].path)
        }
        return try writer.finish()
    }

    private static func append(
        _ file: any WordVectorFile, _ source: Source, to table: VectorTableWriter, _ options: Options,
        progress: () -> Void
    ) throws -> Tally {
        var tally = Tally(path: source.path)
        let language = table.addLanguage(source.language)
        let vector = FloatBuffer(count: file.dimension)
        let repeatedBefore = table.repeatedWordCount
        var word: [UInt8] = []
        var isComplete = false
        while tally.words < options.maximumWordCount {
            word.removeAll(keepingCapacity: true)
            do {
                guard try file.next(word: &word, vector: vector.pointer) else {
                    isComplete = true
                    break
                }
                try append(word, vector, file, language, to: table, options, &tally)
                tally.words += 1
                options.bad.accept(1)
                if tally.words % 8192 == 0 { progress() }
            } catch let failure as Failure where failure.code == .badData {
                guard options.bad.isTolerant, let record = file.rejected(failure) else { throw failure }
                try options.bad.reject(record)
                tally.rejected += 1
            }
        }
        tally.repeated = table.repeatedWordCount - repeatedBefore
        tally.remark = file.remark
        guard let declared = file.declaredCount, isComplete, declared != tally.words + tally.rejected,
            !options.allowsWrongCount
        else {
            return tally
        }
        throw file.failure(
            "the first line promises \(declared) words, \(tally.words + tally.rejected) are there; "
                + "the file was cut or its header is wrong: fetch it again, or accept it with --allow-wrong-count")
    }

    private static func append(
        _ word: [UInt8], _ vector: FloatBuffer, _ file: any WordVectorFile, _ language: UInt16,
        to table: VectorTableWriter, _ options: Options, _ tally: inout Tally
    ) throws {
        // Rows of another scale than that of the file fit always.
        let limit = options.normalization == .none ? options.rowFormat.limit : .infinity
        let isZero = try requireFit(vector.pointer, file, limit, file.failure)
        guard !word.isEmpty else {
            tally.empty += 1
            return
        }
        let isValid = word.withUnsafeBufferPointer { UTF8Validator.firstIllFormed(in: $0) == nil }
        if !isValid {
            switch options.invalidWords {
            case .fail:
                throw file.failure(
                    "the word is not UTF-8; convert the file, or accept it with --invalid skip or replace")
            case .skip:
                tally.invalidSkipped += 1
                return
            case .replace: tally.invalidReplaced += 1  // the look-up form replaces
            }
        }
        if isZero { tally.zeroVectors += 1 }
        if let last = lastPart(of: word) {
            tally.spaced += 1
            if last.withUnsafeBufferPointer({ DecimalNumber.slow($0) }) != nil { tally.numbered += 1 }
        }
        try word.withUnsafeBufferPointer { try table.append(word: $0, language: language, vector: vector.pointer) }
    }

    /// Throws when a number of a vector cannot be stored.
    ///
    /// - Parameter limit: The magnitude that all must be below.
    /// - Returns: Whether all are zero.
    @discardableResult
    private static func requireFit(
        _ vector: UnsafePointer<Float>, _ file: any WordVectorFile, _ limit: Float, _ failure: (String) -> Failure
    ) throws -> Bool {
        let largest = VectorNorm.largestPattern(vector, file.dimension)
        guard largest >= limit.bitPattern else { return largest == 0 }
        let values = UnsafeBufferPointer(start: vector, count: file.dimension)
        let index = values.firstIndex { !($0.magnitude < limit) } ?? 0
        guard values[index].isFinite else {
            throw failure(
                "number \(index + 1) is \(values[index].isNaN ? "NaN" : "infinite"); "
                    + "drop the word, or train the vectors again with a smaller learning rate")
        }
        throw failure(
            "number \(index + 1) is \(values[index]), and rows of 16-bit floats end at 65504; "
                + "make the rows unit vectors (--normalize unit), or give each a scale (--rows int8)")
    }

    /// What stands behind the last white space of a word; nil when there is none.
    private static func lastPart(of word: [UInt8]) -> [UInt8]? {
        // White space of Unicode is below U+0021, or begins with one of these bytes.
        guard word.contains(where: { $0 <= 0x20 || $0 == 0xC2 || (0xE1...0xE3).contains($0) }) else { return nil }
        let scalars = String(decoding: word, as: UTF8.self).unicodeScalars
        guard let space = scalars.lastIndex(where: { $0.properties.isWhitespace }) else { return nil }
        return Array(String(scalars[scalars.index(after: space)...]).utf8)
    }
}
