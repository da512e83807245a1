import Foundation
import Glibc

/// A folder for one test; it disappears with the last reference.
package final class ScratchFolder: Sendable {
    package let path: String

    /// - Parameter other: A folder whose content is copied into the new one.
    package init(copying other: ScratchFolder? = nil) throws {
        path = Self.root + UUID().uuidString
        if let other {
            try FileManager.default.copyItem(atPath: other.path, toPath: path)
        } else {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        }
    }

    /// One folder for all of a process, because what static properties hold is never released.
    static let root: String = {
        let path = NSTemporaryDirectory() + "nerpipe-tests-\(getpid())/"
        try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        atexit { try? FileManager.default.removeItem(atPath: ScratchFolder.root) }
        return path
    }()

    deinit { try? FileManager.default.removeItem(atPath: path) }

    package func write(_ name: String, _ bytes: [UInt8]) throws { try Data(bytes).write(to: url(name)) }
    package func write(_ name: String, _ text: String) throws { try write(name, Array(text.utf8)) }
    package func read(_ name: String) throws -> [UInt8] { Array(try Data(contentsOf: url(name))) }
    package func text(_ name: String) throws -> String { String(decoding: try read(name), as: UTF8.self) }
    package func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: "\(path)/\(name)") }
    package func remove(_ name: String) throws { try FileManager.default.removeItem(at: url(name)) }
    package func makeFolder(_ name: String) throws {
        try FileManager.default.createDirectory(at: url(name), withIntermediateDirectories: true)
    }
    package func copy(_ name: String, to other: String) throws {
        try FileManager.default.copyItem(at: url(name), to: url(other))
    }

    /// All files below, sorted, folders with a slash at the end.
    package func listing() -> [String] {
        guard let names = FileManager.default.enumerator(atPath: path) else { return [] }
        return names.compactMap { $0 as? String }.map { isFolder($0) ? $0 + "/" : $0 }.sorted()
    }

    /// Names in one folder, sorted; empty when it is not there.
    package func names(in folder: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: "\(path)/\(folder)")) ?? []).sorted()
    }

    private func isFolder(_ name: String) -> Bool {
        var result: ObjCBool = false
        return FileManager.default.fileExists(atPath: "\(path)/\(name)", isDirectory: &result) && result.boolValue
    }

    private func url(_ name: String) -> URL { URL(fileURLWithPath: "\(path)/\(name)") }
}
