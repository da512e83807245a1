import Diagnostics
import Foundation
import NERPipeTesting
import Shards
import Testing

@Suite struct AtomicFileTests {
    @Test func fileAppearsOnlyWhenItIsCommitted() throws {
        let folder = ScratchFolder()
        var file: AtomicFile? = try AtomicFile(folder["f"])
        try file?.write([1, 2, 3])
        #expect(!folder.names.contains("f"))
        file = nil
        #expect(folder.names.isEmpty, "neither the file nor a temporary one is left")
        file = try AtomicFile(folder["f"])
        try file?.write([1, 2, 3])
        try [UInt8](arrayLiteral: 9).withUnsafeBytes { try file?.overwrite($0, at: 1) }
        #expect(file?.byteCount == 3)
        try file?.commit()
        file = nil
        #expect(folder.names == ["f"])
        #expect(try folder.bytes(of: "f") == [1, 9, 3])
    }

    @Test func oldFileStaysUntilTheNewOneIsThere() throws {
        let folder = ScratchFolder()
        try folder.write("old", as: "f")
        do {
            let file = try AtomicFile(folder["f"])
            try file.write([1])
            #expect(try folder.bytes(of: "f") == Array("old".utf8))
        }
        #expect(try folder.bytes(of: "f") == Array("old".utf8))
        try AtomicFile.write("new", to: folder["f"])
        #expect(try folder.bytes(of: "f") == Array("new".utf8))
        #expect(folder.names == ["f"])
    }

    @Test func failedRenameLeavesNothingBehind() throws {
        let folder = ScratchFolder()
        try FileManager.default.createDirectory(atPath: folder["taken"], withIntermediateDirectories: true)
        #expect { try AtomicFile.write("x", to: folder["taken"]) } throws: { ($0 as? Failure)?.code == .cannotCreate }
        #expect(folder.names == ["taken"])
    }

    @Test func folderThatIsMissingIsNamed() {
        let folder = ScratchFolder()
        #expect { try AtomicFile(folder["no/such/f"]) } throws: {
            ($0 as? Failure)?.code == .cannotCreate && "\($0)".contains("no/such/f")
        }
    }

    @Test func foldersAreMadeListedAndRemoved() throws {
        let folder = ScratchFolder()
        try Directory.make(folder["a/b/c"])
        try Directory.make(folder["a/b/c"])
        #expect(Directory.exists(folder["a/b/c"]) && !Directory.fileExists(folder["a/b"]))
        try folder.write("1", as: "a/b/c/y")
        try folder.write("1", as: "a/b/c/x")
        #expect(Directory.names(in: folder["a/b/c"]) == ["x", "y"])
        #expect(Directory.expand(folder["a/b/c/*"]) == [folder["a/b/c/x"], folder["a/b/c/y"]])
        #expect(Directory.expand(folder["a/b/c/q*"]) == [folder["a/b/c/q*"]])
        try Directory.removeFolder(folder["a/b/c"])
        #expect(!Directory.exists(folder["a/b/c"]))
        #expect(throws: Failure.self) { try Directory.make(folder.write("", as: "file") + "/below") }
        #expect(
            Directory.parent(of: "/x") == "/" && Directory.parent(of: "x") == "." && Directory.parent(of: "a/b") == "a")
        #expect { try Directory.contents(of: folder.write("12345", as: "five"), maximumByteCount: 4) } throws: {
            ($0 as? Failure)?.code == .badData
        }
    }
}
