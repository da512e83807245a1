import Diagnostics
import Shards

/// Lines `SOURCE <TAB> TARGET`; more columns are ignored.
package enum SentencePairs {
    /// Where the two sides stand in a line; nil for an empty line.
    ///
    /// - Throws: When there is no tab.
    package static func sides(of line: [UInt8], in lines: LineReader) throws -> (
        source: Range<Int>, target: Range<Int>
    )? {
        if line.isEmpty { return nil }
        guard let tab = line.firstIndex(of: 0x09) else {
            throw Failure.noPair(lines)
        }
        return (0..<tab, tab + 1..<(line[(tab + 1)...].firstIndex(of: 0x09) ?? line.count))
    }
}

/// Inputs that are read more than once.
package enum RepeatedInput {
    /// The file, the files that a pattern finds, or those of a folder in the order of their names.
    ///
    /// - Throws: For what can be read only once, and for an empty folder.
    package static func paths(of path: String) throws -> [String] {
        let paths =
            Directory.exists(path)
            ? Directory.names(in: path).filter { !$0.hasPrefix(".") }.map { "\(path)/\($0)" } : Directory.expand(path)
        guard !paths.isEmpty else { throw Failure.emptyFolder(path) }
        try require(paths)
        return paths
    }

    /// - Parameter reason: What it is that reads them again.
    /// - Throws: For what can be read only once.
    package static func require(_ paths: [String], because reason: String? = nil) throws {
        for path in paths where Directory.isReadOnce(path) {
            throw Failure.cannotReadAgain(path, reason ?? "inputs are read")
        }
    }
}
