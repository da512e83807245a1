import Diagnostics
import Shards

/// The names of a `ClassLabel` in the `dataset_info.json` that Hugging Face's `datasets` writes beside its data.
package enum TagNames {
    private static let maximumByteCount = 1 << 24

    /// - Throws: When the file has no list of tags, or several.
    package static func read(_ path: String) throws -> [String] {
        let input = try BufferedInput(FileInput(path: path))
        var bytes = [UInt8](repeating: 0, count: maximumByteCount + 1)
        let count = try bytes.withUnsafeMutableBytes { try input.read(into: $0) }
        guard count <= maximumByteCount else { throw Failure.noTagNames(path, "it has more than 16 MiB") }
        var found: [[String]] = []
        do {
            try bytes[..<count].withUnsafeBufferPointer { (bytes) throws(RecordProblem) in
                collect(try JSONTree(bytes), &found)
            }
        } catch {
            throw Failure.noTagNames(path, "\(error)")
        }
        // A data set may have other classes beside its tags.
        let tags = found.filter { $0.contains { $0.hasPrefix("B-") } }
        let candidates = tags.isEmpty ? found : tags
        guard candidates.count == 1 else {
            throw Failure.noTagNames(path, candidates.isEmpty ? "no ClassLabel in it" : "several ClassLabels in it")
        }
        return candidates[0]
    }

    private static func collect(_ tree: JSONTree, _ found: inout [[String]]) {
        let members = tree.members
        if members.contains(where: { $0.key == "_type" && $0.value.text == "ClassLabel" }),
            let names = members.first(where: { $0.key == "names" })?.value.elements?.compactMap(\.text)
        {
            found.append(names)
        }
        for member in members { collect(member.value, &found) }
        for element in tree.elements ?? [] { collect(element, &found) }
    }
}
