import Diagnostics
import NERPipeTesting
import Shards
import Testing

/// A process whose lock was lost, as when its machine is cut off from a network's file system, while another takes its place.
struct StaleTwinTests {
    @Test func changesNeitherTheOtherNorTheResult() throws {
        let folder = ScratchFolder()
        let path = folder.path + "/out"
        let stale = try AtomicFile(path)
        try stale.write(Array("half".utf8))
        // The name of its temporary file is free: as if nobody had it.
        try Directory.remove(path + ".tmp")
        let other = try AtomicFile(path)
        try other.write(Array("all of it".utf8))
        #expect(throws: Failure.self) { try stale.commit() }
        #expect(!Directory.fileExists(path) && Directory.fileExists(path + ".tmp"))
        try other.commit()
        #expect(try Directory.contents(of: path) == Array("all of it".utf8))
    }

    /// What a killed process left is not written into: whoever had it may still do so.
    @Test func whatIsLeftIsNotTakenOver() throws {
        let folder = ScratchFolder()
        let path = folder.path + "/out"
        try AtomicFile.write("left", to: path + ".tmp")
        let left = try FileInput(path: path + ".tmp")
        try AtomicFile.write("new", to: path)
        var bytes = [UInt8](repeating: 0, count: 10)
        #expect(try bytes.withUnsafeMutableBytes { try left.read(into: $0) } == 4)
        #expect(try Directory.contents(of: path) == Array("new".utf8) && !Directory.fileExists(path + ".tmp"))
    }
}
