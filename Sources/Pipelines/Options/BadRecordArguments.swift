package import ArgumentParser
package import Corpora
import Shards

extension BadRecordPolicy: ExpressibleByArgument {
    package init?(argument: String) { self.init(argument) }

    /// Refuses a quarantine without a folder before hours of work, not at the first record; `FOLDER/` is made.
    func requireFolder(option: String) throws {
        guard case .quarantine(let path) = self, !path.hasSuffix("/"), !Directory.exists(Directory.parent(of: path))
        else { return }
        throw ValidationError("\(option): there is no folder \(Directory.parent(of: path)) for the quarantine")
    }
}

/// What happens with records of the input that cannot be read.
package struct BadRecordArguments: ParsableArguments, Sendable {
    @Option(
        help: ArgumentHelp(
            "What to do with a record that cannot be read (a line of text or JSON, a sentence of columns): stop, leave it out and count it, or keep it in FILE as well, to be mended and read again; FOLDER/ has a file for each unit (--shard).",
            valueName: "fail|skip|quarantine:file"))
    package var onError: BadRecordPolicy = .fail

    @Option(help: "Bad records that are left out at most; one more stops the run.")
    package var maxErrors = BadRecords.defaultMaximumCount

    package init() {}

    package func validate() throws {
        guard (0...1_000_000_000).contains(maxErrors) else {
            throw ValidationError("--max-errors must be from 0 to 1000000000")
        }
        try onError.requireFolder(option: "--on-error")
    }

    /// - Parameters:
    ///   - suffix: Of the quarantine file, for inputs of another kind than the main one.
    ///   - unit: Which unit of a work it is.
    package func records(
        suffix: String = "", unit: String = UnitOutput.name(of: .whole), notify: @escaping @Sendable (String) -> Void
    ) -> BadRecords {
        var policy = onError.forUnit(unit)
        if case .quarantine(let path) = policy { policy = .quarantine(path + suffix) }
        return BadRecords(policy, maximumCount: maxErrors, notify: notify)
    }
}
