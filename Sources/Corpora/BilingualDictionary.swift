import Diagnostics
import Shards
package import UnicodeText

/// Translations of single words, read from lines
/// `source TAB target [TAB p(target|source) [TAB p(source|target) [TAB count]]]`, compressed or plain.
///
/// Words are kept in their look-up forms, those of the table that the dictionary meets. Of pairs that are then equal the
/// first counts. An entry of several words is left out: there is no telling which of them carries a label. Memory: all
/// entries, at most ``maximumEntryCount``.
package struct BilingualDictionary: Sendable {
    package struct Entry: Sendable, Equatable {
        /// Look-up forms, UTF-8.
        package var source: [UInt8]
        package var target: [UInt8]
        /// p(target|source), in 0...1; where the file does not say, equal for all translations of the source.
        package var targetGivenSource: Float
        /// p(source|target), in 0...1; where the file does not say, equal for all sources of the target.
        package var sourceGivenTarget: Float
        /// How often the pair was seen; 1 where the file does not say.
        package var count: Int
    }

    /// What words are looked up as.
    package struct Forms: Sendable {
        var source: LookupForm
        var target: LookupForm

        package init(source: LookupForm = LookupForm(), target: LookupForm = LookupForm()) {
            self.source = source
            self.target = target
        }
    }

    package static let maximumEntryCount = 1 << 22

    /// The entries of a source stand together, in the order of the file; sources in the order in which they appear.
    package private(set) var entries: [Entry] = []
    /// Lines whose pair stood in an earlier one.
    package private(set) var repeatedEntryCount = 0
    /// Lines with a space inside of a word.
    package private(set) var multiwordEntryCount = 0
    /// Places in ``entries`` by source.
    private var ranges: [[UInt8]: Range<Int>] = [:]

    /// Reads a file, or standard input for `-`.
    ///
    /// - Parameters:
    ///   - forms: What its words are kept as.
    ///   - bad: What becomes of lines that are no entries.
    package init(path: String, forms: Forms = Forms(), bad: BadRecords = BadRecords()) throws {
        try self.init(
            LineReader(try BufferedInput(FileInput(path: path)), maximumLineByteCount: 1 << 16), forms: forms, bad: bad)
    }

    package init(_ lines: LineReader, forms: Forms = Forms(), bad: BadRecords = BadRecords()) throws {
        var parser = Parser(lines, forms)
        try lines.forEachLine(bad) { try parser.append($0) }
        guard !parser.lines.isEmpty else {
            throw Failure.emptyDictionary(lines.name)
        }
        repeatedEntryCount = parser.repeatedEntryCount
        multiwordEntryCount = parser.multiwordEntryCount
        group(parser)
    }

    /// The translations of a word given in its look-up form.
    package func translations(of source: [UInt8]) -> ArraySlice<Entry> { entries[ranges[source] ?? 0..<0] }

    private mutating func group(_ parser: Parser) {
        var next = 0
        var starts: [Int] = []
        for count in parser.sourceCounts {
            starts.append(next)
            next += count
        }
        var order = [Int](repeating: 0, count: parser.lines.count)
        var filled = starts
        for (index, line) in parser.lines.enumerated() {
            order[filled[line.sourceNumber]] = index
            filled[line.sourceNumber] += 1
        }
        entries.reserveCapacity(order.count)
        for index in order {
            let line = parser.lines[index]
            entries.append(
                Entry(
                    source: line.source, target: line.target,
                    targetGivenSource: line.targetGivenSource ?? 1 / Float(parser.sourceCounts[line.sourceNumber]),
                    sourceGivenTarget: line.sourceGivenTarget ?? 1 / Float(parser.targetCounts[line.target] ?? 1),
                    count: line.count))
        }
        for (source, number) in parser.sourceNumbers {
            ranges[source] = starts[number]..<starts[number] + parser.sourceCounts[number]
        }
    }
}

/// Reads the lines of a dictionary.
private struct Parser {
    struct Line {
        var source: [UInt8]
        var target: [UInt8]
        var sourceNumber: Int
        var targetGivenSource: Float?
        var sourceGivenTarget: Float?
        var count: Int
    }

    private let reader: LineReader
    private let forms: BilingualDictionary.Forms
    private(set) var lines: [Line] = []
    private(set) var repeatedEntryCount = 0
    private(set) var multiwordEntryCount = 0
    private(set) var sourceNumbers: [[UInt8]: Int] = [:]
    private(set) var sourceCounts: [Int] = []
    private(set) var targetCounts: [[UInt8]: Int] = [:]
    private var pairs: Set<[UInt8]> = []

    init(_ reader: LineReader, _ forms: BilingualDictionary.Forms) {
        self.reader = reader
        self.forms = forms
    }

    mutating func append(_ line: [UInt8]) throws {
        if line.isEmpty { return }
        let fields = line.split(separator: 0x09, omittingEmptySubsequences: false)
        guard (2...5).contains(fields.count) else {
            throw Failure.noDictionaryLine(reader, columns: fields.count)
        }
        let source = try word(fields[0], forms.source, "source"), target = try word(fields[1], forms.target, "target")
        let targetGivenSource = try fields.count > 2 ? probability(fields[2], column: 3) : nil
        let sourceGivenTarget = try fields.count > 3 ? probability(fields[3], column: 4) : nil
        let count = try fields.count > 4 ? self.count(fields[4]) : 1
        guard let source, let target else {
            multiwordEntryCount += 1
            return
        }
        guard pairs.insert(source + [0x09] + target).inserted else {
            repeatedEntryCount += 1
            return
        }
        guard lines.count < BilingualDictionary.maximumEntryCount else {
            throw Failure.dictionaryTooLarge(reader, maximum: BilingualDictionary.maximumEntryCount)
        }
        let number = sourceNumbers[source] ?? sourceCounts.count
        if number == sourceCounts.count {
            sourceNumbers[source] = number
            sourceCounts.append(0)
        }
        sourceCounts[number] += 1
        targetCounts[target, default: 0] += 1
        lines.append(
            Line(
                source: source, target: target, sourceNumber: number, targetGivenSource: targetGivenSource,
                sourceGivenTarget: sourceGivenTarget, count: count))
    }

    /// The look-up form of a field without the white space around it; nil when it is of several words.
    private func word(_ field: ArraySlice<UInt8>, _ lookupForm: LookupForm, _ name: String) throws -> [UInt8]? {
        try field.withUnsafeBufferPointer { field in
            let bytes = Self.trimmed(field)
            guard !bytes.isEmpty else { throw Failure.emptyWord(reader, name) }
            guard UTF8Validator.firstIllFormed(in: bytes) == nil else {
                throw Failure.isNotUTF8(reader, name)
            }
            var index = 0
            while let base = bytes.baseAddress, index < bytes.count {
                let (scalar, length) = UTF8Scalar.decode(base, at: index, end: bytes.count)
                if CharacterClass(scalar) == .space { return nil }
                index += length
            }
            var form: [UInt8] = []
            lookupForm.append(bytes, to: &form)
            return form
        }
    }

    private static func trimmed(_ field: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
        guard let base = field.baseAddress else { return field }
        var start = 0, end = 0, index = 0
        while index < field.count {
            let (scalar, length) = UTF8Scalar.decode(base, at: index, end: field.count)
            index += length
            if CharacterClass(scalar) != .space { end = index } else if end == 0 { start = index }
        }
        return UnsafeBufferPointer(rebasing: field[start..<max(start, end)])
    }

    private func probability(_ field: ArraySlice<UInt8>, column: Int) throws -> Float {
        guard let value = Float(String(decoding: field, as: UTF8.self)), (0...1).contains(value) else {
            throw Failure.noProbability(reader, column: column)
        }
        return value
    }

    private func count(_ field: ArraySlice<UInt8>) throws -> Int {
        guard let value = Int(String(decoding: field, as: UTF8.self)), value >= 0 else {
            throw Failure.noCount(reader, column: 5)
        }
        return value
    }
}
