import Foundation
import NERPipeTesting
import Testing

@testable import Shards

struct StoredArchiveTests {
    private let folder = ScratchFolder()

    private func archive() throws -> String {
        _ = try folder.write("{\"a\": 1}\n", as: "first.json")
        _ = try folder.write(String(repeating: "x", count: 1000), as: "second.bin")
        _ = try folder.write("", as: "empty")
        try StoredArchive.write(
            ["first.json", "second.bin", "empty"], of: folder.path, to: folder["a.nerpipe"], OutputRule())
        return folder["a.nerpipe"]
    }

    @Test func membersAreReadByTheirPaths() throws {
        let path = try archive()
        #expect(StoredArchive.isArchive(path))
        #expect(try StoredArchive.names(in: path) == ["empty", "first.json", "second.bin"])
        #expect(Directory.fileExists(path + "/first.json") && !Directory.fileExists(path + "/third"))
        #expect(try Directory.contents(of: path + "/first.json") == Array("{\"a\": 1}\n".utf8))
        let file = try MappedFile(path: path + "/second.bin")
        #expect(file.bytes.count == 1000 && file.bytes.allSatisfy { $0 == UInt8(ascii: "x") })
        #expect(Int(bitPattern: file.bytes.baseAddress) % 64 == 0)
        #expect(try Directory.contents(of: path + "/empty").isEmpty)
        #expect(throws: (any Error).self) { try MappedFile(path: path + "/third") }
    }

    @Test func pythonUnpacksIt() throws {
        let path = try archive()
        let script = """
            import sys, zipfile
            archive = zipfile.ZipFile(sys.argv[1])
            assert archive.testzip() is None, "a checksum is wrong"
            print([(i.filename, i.file_size, i.compress_type) for i in archive.infolist()])
            """
        let process = Process(), output = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", "-c", script, path]
        process.standardOutput = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        #expect(text == "[('first.json', 9, 0), ('second.bin', 1000, 0), ('empty', 0, 0)]\n")
    }

    /// Every byte of the lists changed, and every length cut: an error or the same members, and nothing read outside.
    @Test func damageIsNoticedOrHarmless() throws {
        let path = try archive()
        let bytes = try Directory.contents(of: path)
        for length in stride(from: 0, to: bytes.count, by: 7) {
            try Data(bytes[..<length]).write(to: URL(fileURLWithPath: folder["cut"]))
            #expect(!Directory.fileExists(folder["cut"] + "/first.json"))
        }
        for place in bytes.indices where place < 200 || place > bytes.count - 300 {
            for value in [UInt8(0), 1, 0x7F, 0xFF] {
                var damaged = bytes
                damaged[place] = value
                try Data(damaged).write(to: URL(fileURLWithPath: folder["damaged"]))
                if let file = try? MappedFile(path: folder["damaged"] + "/second.bin") {
                    #expect(file.bytes.count <= bytes.count)
                    #expect(file.bytes.reduce(0) { $0 &+ Int($1) } >= 0)
                }
            }
        }
    }

    @Test func theSameContentIsTheSameBytes() throws {
        let first = try Directory.contents(of: archive())
        try StoredArchive.write(
            ["first.json", "second.bin", "empty"], of: folder.path, to: folder["b.nerpipe"], OutputRule())
        #expect(try Directory.contents(of: folder["b.nerpipe"]) == first)
    }

    @Test func compressedMembersAreRefusedWithTheWayOut() throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            "python3", "-c",
            "import sys, zipfile\nz = zipfile.ZipFile(sys.argv[1], 'w', zipfile.ZIP_DEFLATED)\nz.writestr('a', 'a' * 100)\nz.close()",
            folder["packed.zip"],
        ]
        try process.run()
        process.waitUntilExit()
        do {
            _ = try MappedFile(path: folder["packed.zip"] + "/a")
            Issue.record("a compressed member was mapped")
        } catch { #expect("\(error)".contains("unpack the archive")) }
    }

    @Test func checksumIsThatOfTheStandard() {
        Array("123456789".utf8).withUnsafeBytes { #expect(CRC32.of($0) == 0xCBF4_3926) }
    }
}
