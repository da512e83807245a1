import Corpora
import Diagnostics
import Locks
package import Shards

/// Text inputs, and how each is to be read: as its name and its first bytes say, or as was asked for.
///
/// All are looked at before anything is read, so that what cannot be meant is said before hours of work. What can be
/// read only once stays open, with what was looked at still to be read.
package final class TextInputs: Sendable {
    package struct Input: Sendable {
        package let path: String
        package let reading: TextReading
        fileprivate let isEmpty: Bool
        /// Of columns: whether documents begin in what was looked at.
        let beginsDocuments: Bool
    }

    package let inputs: [Input]
    package let request: ReadingRequest
    /// Pipes, until they are read.
    private let opened: Locked<[Int: BufferedInput]>

    /// - Parameter format: The form that was asked for; nil to find it.
    package init(_ paths: [String], as format: (any TextFormat)? = nil, _ request: ReadingRequest = .init()) throws {
        var inputs: [Input] = []
        var opened: [Int: BufferedInput] = [:]
        for (index, path) in paths.enumerated() {
            let input = try BufferedInput(FileInput(path: path))
            let sample = TextSample(try input.peek(TextSample.byteCount))
            let reading =
                request.tags == .none
                ? try TextReading.recognize(sample, name: input.name, as: format, request)
                : try TextReading.recognizeLabelled(sample, name: input.name, as: format, request)
            inputs.append(
                Input(
                    path: path, reading: reading, isEmpty: sample.isEmpty,
                    beginsDocuments: sample.lines.contains(where: reading.layout.beginsDocument)))
            if Directory.isReadOnce(path) { opened[index] = input }
        }
        (self.inputs, self.request, self.opened) = (inputs, request, Locked(opened))
    }

    /// What a unit of the work reads.
    ///
    /// Where all inputs can be read from any place, cells are shared out; otherwise inputs, whole, by their sizes, and there must be one for
    /// each unit. Only sizes decide it, and what the inputs are.
    ///
    /// - Parameter cellByteCount: Bytes of content in a cell, of which a part has whole ones.
    package func parts(of unit: WorkUnit, cellByteCount: Int) throws -> [TextPart] {
        guard !unit.isWhole else { return inputs.indices.map { TextPart(input: $0) } }
        if let pipe = paths.first(where: Directory.isReadOnce) {
            throw Failure.pipeCannotBeShared(pipe)
        }
        let files = try inputs.map { $0.reading.hasSeparateLines ? try DividedFile(path: $0.path) : nil }
        if let whole = files.firstIndex(where: { $0 == nil }) {
            guard inputs.count >= unit.count else {
                throw Failure.cannotBeDivided(inputs[whole].path, inputs.count, among: unit)
            }
            return unit.share(ofSizes: try paths.map(Directory.byteCount(of:))).map { TextPart(input: $0) }
        }
        let cellCounts = files.map { (($0?.contentByteCount ?? 0) + cellByteCount - 1) / cellByteCount }
        let share = unit.share(of: cellCounts.reduce(0, +))
        var parts: [TextPart] = [], first = 0
        for (input, count) in cellCounts.enumerated() {
            let cells = share.clamped(to: first..<first + count)
            if !cells.isEmpty {
                let end = cells.upperBound == first + count ? Int.max : (cells.upperBound - first) * cellByteCount
                parts.append(
                    TextPart(input: input, bytes: (cells.lowerBound - first) * cellByteCount..<end, file: files[input]))
            }
            first += count
        }
        return parts
    }

    package func open(_ index: Int) throws -> BufferedInput {
        let input = opened.withLock { $0.removeValue(forKey: index) }
        return try input ?? BufferedInput(FileInput(path: inputs[index].path))
    }

    package var paths: [String] { inputs.map(\.path) }
    /// Whether all of them come tokenized.
    package var areTokenized: Bool { inputs.allSatisfy(\.reading.isTokenized) }
    /// Refuses inputs whose records are not their lines.
    package func requireLines() throws {
        for input in inputs {
            switch input.reading.lines {
            case .paragraphs, .documents(.lines, _): continue
            default: throw Failure.recordsAreNotLines(input.path, input.reading.description)
            }
        }
    }

    /// Names of their forms, sorted.
    package var formats: [String] { Set(inputs.map(\.reading.name)).sorted() }

    /// What was understood, a line for each way of reading: "reading a.txt and 3 more as CoNLL columns: token 1 of 2".
    package var descriptions: [String] {
        var readings: [(description: String, path: String, count: Int)] = []
        for input in inputs where !input.isEmpty {
            if let known = readings.firstIndex(where: { $0.description == input.reading.description }) {
                readings[known].count += 1
            } else {
                readings.append((input.reading.description, input.path == "-" ? "<stdin>" : input.path, 1))
            }
        }
        return readings.map { reading in
            "reading \(reading.path)\(reading.count > 1 ? " and \(reading.count - 1) more" : "") as \(reading.description)"
        }
    }
}
