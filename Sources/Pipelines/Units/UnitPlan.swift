import Diagnostics
import Glibc
package import Shards

/// A part of an input that a unit reads.
package struct UnitInput: Codable, Equatable, Sendable {
    package var path: String
    /// Bytes of the file.
    package var bytes: Int
    /// Time of its last change, `seconds.nanoseconds`: a file with the same is not read again.
    package var changed: String
    /// Which of it: bytes of the content, or numbers of blocks, half-open.
    package var from: Int
    /// nil: to the end.
    package var to: Int?

    package init(path: String, _ range: Range<Int>) throws {
        var status = stat()
        guard stat(path, &status) == 0 else { throw Failure.system(.noInput, "examine", path, SystemError(errno)) }
        self.path = path
        bytes = Int(status.st_size)
        changed = "\(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec)"
        (from, to) = (range.lowerBound, range.upperBound == .max ? nil : range.upperBound)
    }
}

/// What a unit reads. The digest of it by content is known when it was read.
package struct UnitInputs: Sendable {
    package var parts: [UnitInput]
    /// Sizes of all files of the work, which are shared out by them.
    package var files: String
    /// Reads all again.
    ///
    /// - Returns: The digest.
    package var readAgain: @Sendable () throws -> String?
    /// The digest of what was read.
    package var digest: @Sendable () -> String?

    package init(
        parts: [UnitInput], files paths: [String], readAgain: @escaping @Sendable () throws -> String?,
        digest: @escaping @Sendable () -> String?
    ) throws {
        self.parts = parts
        let sizes = RunningDigest()
        for path in paths { sizes.update(UInt64(try UnitInput(path: path, 0..<0).bytes)) }
        files = "\(paths.count) files \(sizes.hex)"
        (self.readAgain, self.digest) = (readAgain, digest)
    }
}

/// What makes the result of a unit.
package struct UnitPlan: Sendable {
    /// `3/10`.
    package var unit: WorkUnit
    /// The words of the command that decide the result, without the inputs.
    package var words: [String]
    /// Of the stream that is made; it names table, teachers and all that was chosen by their content.
    package var header: StreamHeader
    package var inputs: UnitInputs

    package init(unit: WorkUnit, words: [String], header: StreamHeader, inputs: UnitInputs) {
        (self.unit, self.words, self.header, self.inputs) = (unit, words, header, inputs)
    }
}
