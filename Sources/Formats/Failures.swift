import Corpora
package import Diagnostics
import Shards

extension Failure {
    /// The form of a file cannot be understood.
    static func unusableRecord(_ name: String, _ problem: RecordProblem) -> Failure {
        Failure(.badData, "\(name): \(problem.what)", cause: problem)
    }

    package static func badRecord(_ path: String, _ line: Int, _ problem: RecordProblem) -> Failure {
        badLine(path, line + problem.line, problem.what, cause: problem)
    }

    static func pipeCannotBeShared(_ path: String) -> Failure {
        Failure(
            .usage,
            "\(path == "-" ? "<stdin>" : path): --shard is for files, and a pipe can be read by one process alone; write it into "
                + "files first, for example with split -C 1G - part-")
    }

    static func cannotBeDivided(_ path: String, _ count: Int, among unit: WorkUnit) -> Failure {
        Failure(
            .usage,
            "\(path): can be read only from its beginning, and \(count) input\(count == 1 ? "" : "s") cannot be shared out whole among "
                + "\(unit.count) units; cut it into files, for example with zstdcat FILE | split -C 1G --filter='zstd -q > $FILE.zst' - part-, "
                + "or name fewer units")
    }

    static func documentOffTheGrid(_ lines: LineReader) -> Failure {
        badLine(
            lines,
            "a document begins here, and none does at the beginning of the file, so that nobody who begins in the middle knows its document; "
                + "begin the file with a -DOCSTART- line, or read it without --shard and --fixed-blocks")
    }

    static func unescapedIsNotUTF8(_ lines: any RecordReader) -> Failure {
        badLine(lines, "not UTF-8 when its escapes are resolved; mend them")
    }
}

// Columns. `form` is what a line must be.
extension Failure {
    static func sentenceTooLong(_ lines: LineReader, maximumTokenCount: Int, maximumByteCount: Int) -> Failure {
        badLine(
            lines,
            "a sentence of more than \(maximumTokenCount) tokens, or of \(maximumByteCount >> 20) MiB; "
                + "it would have to be cut to be scored: put an empty line behind each sentence")
    }

    static func wrongColumnCount(_ lines: LineReader, _ count: Int, expected: Int, form: String) -> Failure {
        badLine(
            lines,
            "\(count) columns where most lines have \(expected); "
                + "every line must be \(form), and a token may not contain the separator")
    }

    static func tooFewColumns(_ lines: LineReader, _ count: Int, hasTag: Bool, form: String) -> Failure {
        hasTag ? noTagColumn(lines, form: form) : badLine(lines, "\(count) columns; every line must be \(form)")
    }

    static func noTagColumn(_ lines: LineReader, form: String) -> Failure {
        badLine(lines, "no tag column; every line must be \(form)")
    }

    static func emptyToken(_ lines: LineReader) -> Failure {
        badLine(lines, "the token is empty; remove the line, or leave it quite empty to end the sentence")
    }
}

// Lists of JSON.
extension Failure {
    static func listDoesNotEnd(_ name: String, _ line: Int) -> Failure {
        badLine(name, line, "the list ends without ']'; the file was cut off, export it again")
    }

    static func notInList(_ name: String, _ line: Int, _ what: String) -> Failure {
        badLine(name, line, "no list of JSON objects: \(what)")
    }
}

// brat.
extension Failure {
    static func noTextBesideAnnotations(_ name: String, text: String) -> Failure {
        Failure(.badData, "\(name): annotations of brat, but there is no \(text) beside them; put the text there")
    }
}

// Names of labels.
extension Failure {
    static func noTagNames(_ path: String, _ what: String) -> Failure {
        Failure(
            .badData, "\(path): \(what); --tag-names takes the dataset_info.json of 'datasets', or names, O,B-PER,...")
    }

    static func recordsAreNotLines(_ path: String, _ form: String) -> Failure {
        Failure(.usage, "\(path): --line-for-line is for lines of text or JSON, and this is \(form)")
    }
}
