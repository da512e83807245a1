import Corpora
import Locks
import Shards

/// Says how inputs are read, each once, however often it is read.
package final class ReadingNotes: Sendable {
    private let notify: @Sendable (String) -> Void
    private let said = Locked<Set<String>>([])

    package init(notify: @escaping @Sendable (String) -> Void = { _ in }) { self.notify = notify }

    package func say(_ name: String, _ reading: TextReading) {
        let line = "reading \(name) as \(reading.description)"
        if said.withLock({ $0.insert(line).inserted }) { notify(line) }
    }
}

extension CoNLLReader {
    /// Opens a file of tokens and labels, whose layout is found from its beginning.
    package init(
        path: String, _ request: ReadingRequest, tags: TagColumns, isTolerant: Bool,
        longSentences: LongSentences = .cut, _ notes: ReadingNotes
    ) throws {
        let lines = LineReader(try BufferedInput(FileInput(path: path)))
        let sample = try TextSample(lines)
        let reading = try TextReading.recognizeLabelled(sample, name: lines.name, request)
        if !sample.isEmpty { notes.say(lines.name, reading) }
        self.init(lines, layout: reading.layout, tags: tags, isTolerant: isTolerant, longSentences: longSentences)
    }
}
