import Diagnostics
import NERPipeTesting
import Shards
import Testing

@testable import Runs

@Suite struct RunFolderTests {
    struct Identity: Codable { var seed = 1 }

    private func claim(_ path: String, seed: Int = 1, fresh: Bool = false) throws -> RunSignature {
        var start = RunFolder.Start()
        start.isFresh = fresh
        let folder = try RunFolder(path, wait: .zero)
        defer { withExtendedLifetime(folder) {} }
        return try folder.claim(
            RunSignature("test", identity: Identity(seed: seed)), start, own: { $0.hasSuffix(".zst") },
            warn: { Issue.record("\($0)") })
    }

    @Test func aFolderBelongsToOneRun() throws {
        let scratch = ScratchFolder(), path = scratch["w"]
        let first = try claim(path)
        try AtomicFile.write([1], to: path + "/a.zst")
        #expect(try claim(path) == first)
        #expect { try claim(path, seed: 2) } throws: {
            ($0 as? Failure)?.code == .mismatch
                && "\($0)".hasPrefix("\(path): holds another run: seed: the folder has 1, this run has 2; ")
        }
        #expect(Directory.names(in: path) == ["a.zst", "run.json"])
        _ = try claim(path, seed: 2, fresh: true)
        #expect(Directory.names(in: path) == ["run.json"])
    }

    @Test func filesOfNobodyAreRemovedAndThoseOfAUserNot() throws {
        let scratch = ScratchFolder(), path = scratch["w"]
        try Directory.make(path)
        try AtomicFile.write([1], to: path + "/a.zst")
        _ = try claim(path)
        #expect(Directory.names(in: path) == ["run.json"])
        try Directory.remove(path + "/run.json")
        try AtomicFile.write([1], to: path + "/a.zst")
        try AtomicFile.write([1], to: path + "/thesis.txt")
        for fresh in [false, true] {
            #expect { try claim(path, fresh: fresh) } throws: {
                ($0 as? Failure)?.code == .cannotCreate && "\($0)".contains("thesis.txt")
            }
        }
        #expect(Directory.names(in: path) == ["a.zst", "thesis.txt"])
    }

    @Test func theRecordOfTheFormBeforeIsRefusedUntilItIsFresh() throws {
        let scratch = ScratchFolder(), path = scratch["w"]
        try Directory.make(path)
        try AtomicFile.write(#"{"inputs":"text sw 1 files ab","kernels":"avx512"}"#, to: path + "/run.json")
        try AtomicFile.write([1], to: path + "/a.zst")
        #expect { try claim(path) } throws: {
            ($0 as? Failure)?.code == .mismatch && "\($0)".contains("run.json: another version of nerpipe wrote it")
                && "\($0)".contains("--fresh")
        }
        _ = try claim(path, fresh: true)
        #expect(Directory.names(in: path) == ["run.json"])
    }

    @Test func twoProcessesDoNotShareIt() throws {
        let scratch = ScratchFolder()
        let first = try RunFolder(scratch["w"], wait: .zero)
        #expect { try RunFolder(scratch["w"], wait: .milliseconds(80)) } throws: {
            ($0 as? Failure)?.code == .cannotCreate
        }
        withExtendedLifetime(first) {}
        try first.remove()
        #expect(scratch.names.isEmpty)
    }

    @Test func theRecordSaysWhatElseTheRunSays() throws {
        struct Outcome: Codable { var updates = 7 }
        struct Record: Decodable { var kind: String, updates: Int, identity: Identity }
        let scratch = ScratchFolder()
        let folder = try RunFolder(scratch["w"], wait: .zero)
        try folder.record(RunSignature("test", identity: Identity()), Outcome())
        let record = try JSON.decode(Record.self, from: Directory.contents(of: folder.file(RunFolder.recordName)))
        #expect(record.kind == "test" && record.updates == 7 && record.identity.seed == 1)
    }
}
