import Diagnostics
import Kernels
import Shards
import Testing

@testable import Runs

@Suite struct RunSignatureTests {
    struct Identity: Codable {
        struct Network: Codable { var hiddenWidth = 96, labels = ["O", "B-PER"] }
        var seed: UInt64 = 1
        var learningRate = 0.002
        var network = Network()
        var initialWeights: String?
        var isShuffled = true
    }

    private func signature(_ identity: Identity, kind: String = "test", kernels: String? = nil) throws -> RunSignature {
        let signature = try RunSignature(kind, identity: identity)
        guard let kernels else { return signature }
        let text = String(decoding: try JSON.encode(signature), as: UTF8.self)
        return try RunSignature(
            Array(text.replacing("\"kernels\":\"\(Kernel.pathName)\"", with: "\"kernels\":\"\(kernels)\"").utf8),
            place: "p")
    }

    private func refusal(_ change: (inout Identity) -> Void) throws -> String? {
        var other = Identity()
        change(&other)
        do {
            _ = try signature(other).continuing(
                signature(Identity()), in: "the checkpoint", place: "p", acceptsOtherKernels: false
            ) { $0 }
            return nil
        } catch let failure as Failure {
            #expect(failure.code == .mismatch)
            return failure.message
        }
    }

    @Test func whatDiffersIsNamedByItsPath() throws {
        #expect(try refusal { _ in } == nil)
        #expect(try refusal { $0.seed = 2 } == "seed: the checkpoint has 1, this run has 2")
        #expect(try refusal { $0.seed = .max } == "seed: the checkpoint has 1, this run has 18446744073709551615")
        #expect(try refusal { $0.learningRate = 1 } == "learning rate: the checkpoint has 0.002, this run has 1")
        #expect(
            try refusal { $0.network.hiddenWidth = 7 }
                == "network.hidden width: the checkpoint has 96, this run has 7")
        #expect(
            try refusal { $0.network.labels[1] = "B-LOC" }
                == "network.labels.2: the checkpoint has B-PER, this run has B-LOC")
        #expect(
            try refusal { $0.network.labels = ["O"] } == "network.labels: the checkpoint has O B-PER, this run has O")
        #expect(
            try refusal { $0.initialWeights = "ab" } == "initial weights: the checkpoint has nothing, this run has ab")
        #expect(
            try refusal { $0.isShuffled = false } == "is shuffled: the checkpoint has true, this run has false")
    }

    @Test func anotherKindOfRunIsRefused() throws {
        #expect {
            try signature(Identity(), kind: "new").continuing(
                signature(Identity(), kind: "old"), in: "the folder", place: "p", acceptsOtherKernels: true
            ) { $0 }
        } throws: { "\($0)" == "kind: the folder has old, this run has new" }
    }

    @Test func otherKernelsAreRefusedUnlessAccepted() throws {
        let here = Kernel.pathName, mine = try signature(Identity())
        func continued(_ kernels: String, accepted: Bool) throws -> RunSignature {
            try mine.continuing(
                signature(Identity(), kernels: kernels), in: "the checkpoint", place: "p",
                acceptsOtherKernels: accepted
            ) { $0 }
        }
        #expect(try continued(here, accepted: false) == mine && mine.warning == nil)
        #expect { try continued("other", accepted: false) } throws: {
            ($0 as? Failure)?.code == .mismatch
                && "\($0)".hasPrefix("p: computed with the kernels other, this process uses \(here); ")
        }
        #expect(try continued("other", accepted: true).kernels == "other, then \(here)")
        #expect(try continued("other, then \(here)", accepted: true).kernels == "other, then \(here)")
        #expect(try continued("\(here), then other", accepted: true).kernels == "\(here), then other, then \(here)")
        #expect(try continued("other", accepted: true).warning?.contains("kernels other, then \(here): ") == true)
        // What else differs is said first.
        var other = Identity()
        other.seed = 2
        #expect {
            try mine.continuing(
                signature(other, kernels: "other"), in: "the checkpoint", place: "p", acceptsOtherKernels: true
            ) { $0 }
        } throws: { "\($0)".contains("seed") }
    }

    @Test(arguments: [
        (#"{"kernels":"plain","seed":"1"}"#, Failure.Code.mismatch), (#"{"form":3}"#, .mismatch),
        (#"{"form":2,"kind":"x"}"#, .badData), ("{", .badData), ("[1]", .badData),
    ])
    func otherFormsAreRefused(_ text: String, _ code: Failure.Code) {
        #expect { try RunSignature(Array(text.utf8), place: "p/run.json") } throws: {
            ($0 as? Failure)?.code == code && "\($0)".hasPrefix("p/run.json: ") && "\($0)".contains("--fresh")
        }
    }

    @Test func fieldsAreLinesInOrder() throws {
        let lines = try IdentityField(of: Identity()).lines.map { "\($0.name) \($0.text)" }
        #expect(
            lines == [
                "is shuffled true", "learning rate 0.002", "network.hidden width 96", "network.labels O B-PER",
                "seed 1",
            ])
    }
}
