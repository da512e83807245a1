package import Corpora
import Diagnostics
package import Shards

/// Writes documents as brat has them: `NAME.txt` and `NAME.ann` in a folder, each pair complete or not at all.
///
/// Records of one document follow one another with a line end between. Memory: one batch and the names of the files.
package final class StandoffFolder {
    private let path: String
    private let rule: OutputRule
    private var names: Set<String> = []
    private var text: AtomicFile?
    private var annotations: AtomicFile?
    /// Of the document so far.
    private var codePointCount = 0
    private var entityCount = 0
    package private(set) var documentCount = 0

    /// - Parameter rule: For files that are there already.
    package init(_ path: String, _ rule: OutputRule) throws {
        try Directory.make(path)
        (self.path, self.rule) = (path, rule.forParts)
    }

    package func write(_ batch: SentenceBatch, labels: [String]) throws {
        for record in batch.annotatedTexts(labels) {
            if record.beginsDocument || text == nil {
                try finish()
                try open(record.document)
            } else {
                try text?.write([0x0A])
                codePointCount += 1
            }
            try append(record)
        }
    }

    /// The last document gets its name.
    package func finish() throws {
        try text?.commit()
        try annotations?.commit()
        (text, annotations, codePointCount, entityCount) = (nil, nil, 0, 0)
    }

    private func open(_ document: String) throws {
        let base = Self.name(of: document)
        var name = base, number = 1
        while !names.insert(name).inserted {
            number += 1
            name = "\(base)-\(number)"
        }
        text = try AtomicFile("\(path)/\(name).txt", rule)
        annotations = try AtomicFile("\(path)/\(name).ann", rule)
        documentCount += 1
    }

    private func append(_ record: AnnotatedText) throws {
        try text?.write(Array(record.text))
        var counter = OffsetCounter(.codePoints, in: record.text)
        for entity in record.entities {
            entityCount += 1
            // brat ends a part of an entity where a line ends.
            let bytes = record.bytes(entity.bytes)
            let parts = bytes.split { $0 == 0x0A || $0 == 0x0D }.map { part in
                let start = codePointCount + counter.count(before: part.startIndex - record.text.startIndex)
                return "\(start) \(codePointCount + counter.count(before: part.endIndex - record.text.startIndex))"
            }
            let line = "T\(entityCount)\t\(Self.typeName(entity.type)) \(parts.joined(separator: ";"))\t"
            let shown = bytes.split { $0 == 0x0A || $0 == 0x0D }.joined(separator: [0x20])
            try annotations?.write(Array(line.utf8) + shown + [0x0A])
        }
        codePointCount += counter.count(before: record.text.count)
    }

    /// What a type may be called in brat: letters, digits, `-` and `_`.
    package static func typeName(_ type: String) -> String {
        String(type.map { $0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" ? $0 : "_" })
    }

    /// A name for files that any system takes.
    private static func name(of document: String) -> String {
        var name = document.split(separator: "/").last.map(String.init) ?? "document"
        for ending in [".ann", ".txt"] where name.lowercased().hasSuffix(ending) { name.removeLast(ending.count) }
        name = String(name.map { $0.isLetter || $0.isNumber || "._-".contains($0) ? $0 : "_" }.prefix(60))
        return name.isEmpty || name.hasPrefix(".") ? "document\(name)" : name
    }
}
