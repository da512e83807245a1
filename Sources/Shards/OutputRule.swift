import CXattr
import Diagnostics
import Glibc

/// What becomes of a file that has the name of an output already.
///
/// One rule for all commands: the finished output of this same run is left as it is, anything else is refused, unless the
/// user said that it may be replaced. A run is known again by a mark beside the file's content, an extended attribute
/// (xattr(7)): no format is changed by it. Where the file system has none, or when the file was copied or changed
/// since, it is just a file that is there.
package struct OutputRule: Sendable {
    /// Whether what is there is replaced, whatever it is; what nerpipe keeps for itself always is.
    package var replaces: Bool
    /// What makes this run: command, options and inputs; nil when an input cannot be known again, as a pipe.
    package var identity: String?
    /// Whether output of the same run is written again, because it is only a part of it.
    package var rewritesOwn = false
    /// How long to wait for another process that writes the same output.
    package var wait = Duration.zero

    package init(replaces: Bool = true, identity: String? = nil) {
        self.replaces = replaces
        self.identity = identity
    }

    /// The output is there, complete, from the same run. Not an error: there is nothing to do.
    package struct CompleteAlready: Error {
        package let path: String
        package init(path: String) { self.path = path }
    }

    /// The rule for files of which a run makes several.
    package var forParts: OutputRule {
        var rule = self
        rule.rewritesOwn = true
        return rule
    }

    /// Looks before the work begins.
    ///
    /// - Throws: ``CompleteAlready``, or a failure when something else is there.
    package func requireFree(_ path: String) throws {
        guard !replaces, Directory.fileExists(path), !Directory.isSpecialFile(path) else { return }
        if let identity, RunMark.read(path) == identity {
            if rewritesOwn { return }
            throw CompleteAlready(path: path)
        }
        throw Failure.outputIsThere(path)
    }

    /// Refuses names that promise a form nerpipe does not write.
    ///
    /// - Parameter compresses: Whether `.zst` is kept; what is mapped to be read cannot be compressed.
    package static func requireWritableForm(_ path: String, compresses: Bool = true) throws {
        if let ending = [".gz", ".bz2", ".xz", ".lz4", ".zip"].first(where: path.hasSuffix) {
            throw Failure.cannotWriteForm(path, ending: ending)
        }
        if !compresses, let ending = [".zst", ".zstd"].first(where: path.hasSuffix) {
            throw Failure.cannotCompress(path, ending: ending)
        }
    }
}

/// The mark of a run on a file: its identity, and size and time of the content, so that a file that was changed since is
/// not taken for what the run made.
enum RunMark {
    private static let name = "user.nerpipe.run"

    private static func text(_ identity: String, _ status: stat) -> String {
        "\(identity) \(status.st_size) \(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec)"
    }

    /// Marks a file whose content is complete; does nothing on a file system without such marks.
    static func set(_ identity: String, on descriptor: Int32) {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return }
        let mark = Array(text(identity, status).utf8)
        _ = fsetxattr(descriptor, name, mark, mark.count, 0)
    }

    /// The identity of the run that made a file as it is now.
    static func read(_ path: String) -> String? {
        var bytes = [UInt8](repeating: 0, count: 256)
        let count = getxattr(path, name, &bytes, bytes.count)
        var status = stat()
        guard count > 0, stat(path, &status) == 0 else { return nil }
        let mark = String(decoding: bytes[..<count], as: UTF8.self)
        guard let identity = mark.split(separator: " ").first.map(String.init), mark == text(identity, status) else {
            return nil
        }
        return identity
    }
}
