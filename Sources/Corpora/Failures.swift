package import Diagnostics

// Lines of text.
extension Failure {
    /// Bad data in the line that was read last.
    package static func badLine(_ lines: any RecordReader, _ what: String) -> Failure {
        badLine(lines.place, lines.lineNumber, what)
    }

    /// - Parameter record: What it is called: a line, an item of a list.
    package static func lineTooLong(
        _ name: String, _ line: Int, maximumByteCount: Int, offset: Int, record: String = "line"
    ) -> Failure {
        badLine(
            name, line,
            "\(record) longer than \(maximumByteCount) bytes (it begins at byte \(offset)); "
                + "split the text into lines, or raise the limit with --max-line-bytes")
    }

    /// - Parameter last: The bad record that was one too many.
    static func tooManyBadRecords(_ last: Failure, maximum: Int) -> Failure {
        Failure(
            .badData,
            "\(last.message) (more than \(maximum) bad records; raise the limit with --max-errors, or mend the input)",
            cause: last)
    }

    /// - Parameter what: What is counted: documents or bytes.
    static func endedElsewhere(_ place: String, _ what: String, found: Int, expected: Int) -> Failure {
        Failure(
            .badData,
            "\(place): the input ended after \(found) \(what), --expect-\(what) says \(expected); nothing is written: "
                + "was it cut off, or is the number of another input?")
    }
}

// Dictionaries and sentence pairs.
extension Failure {
    static func emptyDictionary(_ name: String) -> Failure {
        Failure(
            .badData,
            "\(name): no entry of one word each; a dictionary has lines 'SOURCE<TAB>TARGET<TAB>PROBABILITY'")
    }

    static func dictionaryTooLarge(_ lines: LineReader, maximum: Int) -> Failure {
        Failure(
            .mismatch, "\(lines.name):\(lines.lineNumber): more than \(maximum) entries; keep the more probable ones")
    }

    static func noDictionaryLine(_ lines: LineReader, columns: Int) -> Failure {
        badLine(
            lines,
            "\(columns) columns; a line must be SOURCE<TAB>TARGET, or have a probability or two and a count after that")
    }

    /// - Parameter side: "source" or "target".
    static func emptyWord(_ lines: LineReader, _ side: String) -> Failure {
        badLine(lines, "the \(side) is empty; remove the line")
    }

    /// - Parameter part: What of the line: "source", "token" ...
    package static func isNotUTF8(_ lines: LineReader, _ part: String) -> Failure {
        badLine(lines, "the \(part) is not UTF-8; convert the file (for instance with iconv)")
    }

    static func noProbability(_ lines: LineReader, column: Int) -> Failure {
        badLine(lines, "column \(column) is not a probability from 0 to 1; write it as 0.25")
    }

    static func noCount(_ lines: LineReader, column: Int) -> Failure {
        badLine(lines, "column \(column) is not a count; write a whole number")
    }

    static func noPair(_ lines: LineReader) -> Failure {
        badLine(lines, "no tab; every line must be SOURCE<TAB>TARGET (more columns are ignored)")
    }

    static func emptyFolder(_ path: String) -> Failure { Failure(.noInput, "\(path): no file in this folder") }

    /// - Parameter reason: What is read several times.
    static func cannotReadAgain(_ path: String, _ reason: String) -> Failure {
        Failure(
            .usage, "\(path): \(reason) several times, which a pipe cannot be; write it into a file first")
    }
}

// Types and tags.
extension Failure {
    static func unusableTypes(_ types: [String]) -> Failure {
        Failure(
            .usage, "--types '\(types.joined(separator: ","))' has an empty name, or one twice; write PER,LOC,ORG")
    }

    static func unknownType(_ type: String, among names: [String], place: String) -> Failure {
        let hint = NearestName.of(type, in: names).map { "did you mean \($0)? " } ?? ""
        return Failure(
            .usage, "\(place): no entity of '\(type)', which --types names; \(hint)there are \(LabelFilter.list(names))"
        )
    }

    static func noTypeLeft(of types: some Collection<String>, place: String) -> Failure {
        Failure(
            .usage,
            "\(place): --map leaves none of the entity types \(LabelFilter.list(types)); there is nothing to learn or "
                + "score")
    }

    static func labelsDoNotMeet(_ meeting: LabelMeeting, strange: [String], missing: [String]) -> Failure {
        let from = strange.first ?? "", option = meeting.mapOption
        let to =
            missing.first { from.hasPrefix($0) || $0.hasPrefix(from) } ?? NearestName.of(from, in: missing)
            ?? missing.first
        return Failure(
            .badData,
            "\(meeting.place): labels do not meet: here are \(LabelFilter.list(meeting.text.keys)), "
                + "\(meeting.knower) knows \(LabelFilter.list(meeting.known)); "
                + "say what is the same with \(option) \(from)=\(to ?? "TYPE"), or what does not count with \(option) \(from)=O"
        )
    }

    static func unorderedLabels(_ names: [String], place: String) -> Failure {
        Failure(
            .badData,
            "\(place): the labels \(names.joined(separator: " ")) are not O, B-X, I-X, B-Y, I-Y ...; join labels by "
                + "renaming them in that order")
    }

    static func noTagMapping(_ pair: Substring) -> Failure {
        Failure(.usage, "tag mapping '\(pair)' is not FROM=TO, for instance MISC=O")
    }

    static func mappedTwice(_ type: Substring) -> Failure {
        Failure(.usage, "tag mapping: '\(type)' is renamed twice; give it one name")
    }
}

// Batches.
extension Failure {
    static func notEmbedded(block index: Int, place: String) -> Failure {
        Failure(.badData, "\(place): block \(index) is not embedded; put 'nerpipe embed' before this stage")
    }

    static func rowBeyondTable(_ row: UInt32, of rowCount: Int, block index: Int, place: String) -> Failure {
        Failure(
            .badData,
            "\(place): block \(index) names row \(row) of a vector table that has \(rowCount); embed the text again")
    }
}
