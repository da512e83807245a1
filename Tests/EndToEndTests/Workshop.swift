import Foundation
import ProgramTesting
import Testing

/// A source language with labels, a target language without, a teacher, and the ways to make a student.
///
/// `v.vectors train.conll dev.conll a.txt b.txt gold.conll teacher/ scored.zst p.yaml`. Blocks are tiny, so that there
/// are many; updates are small and checkpoints frequent, so that there are many moments to be interrupted at.
enum Workshop {
    private static let made = Task { try await make() }

    static let tokenizeOptions = "--lang tt --block-bytes 150"
    /// Follows from the text and `--batch-tokens`.
    static let updatesPerEpoch = 712
    static let network = "--width 24 --convolutions 2 --feature-buckets 64"
    static let updateOptions = "\(network) --batch-tokens 40 --window-tokens 700 --checkpoint-seconds 0.02"
    static let trainCommand =
        "train train.conll --dev dev.conll --vectors v.vectors --lang ss --epochs 3 \(network) --batch-tokens 30 --checkpoint-seconds 0.02"

    static func folder() async throws -> ScratchFolder { try ScratchFolder(copying: try await made.value) }

    /// The student of an undisturbed run, by number of epochs.
    static func student(epochs: Int) async throws -> [UInt8] { try await (epochs == 1 ? oneEpoch : threeEpochs).value }
    private static let oneEpoch = Task { try await undisturbed(epochs: 1) }
    private static let threeEpochs = Task { try await undisturbed(epochs: 3) }

    /// The model of an undisturbed `train`.
    static func trained() async throws -> [UInt8] { try await trainedModel.value }
    private static let trainedModel = Task {
        let folder = try await Workshop.folder()
        let outcome = try await folder.nerpipe("\(trainCommand) -q -o out")
        try #require(outcome.status == 0, "\(outcome.errors)")
        return try folder.model("out")
    }

    private static func undisturbed(epochs: Int) async throws -> [UInt8] {
        let folder = try await Workshop.folder()
        let outcome = try await folder.nerpipe("run p.yaml --set update.epochs=\(epochs)")
        try #require(
            outcome.status == 0 && outcome.errors.contains("out: done, \(epochs * updatesPerEpoch) updates"),
            "\(outcome.errors)")
        return try folder.model("out")
    }

    private static func make() async throws -> ScratchFolder {
        let folder = try ScratchFolder()
        var corpus = TinyCorpus(seed: 11)
        try folder.write("v.vec", corpus.vectorText)
        try folder.write("train.conll", corpus.columns(sentences: 1600, isTarget: false))
        try folder.write("dev.conll", corpus.columns(sentences: 40, isTarget: false))
        try folder.write("gold.conll", corpus.columns(sentences: 80, isTarget: true))
        try folder.write("a.txt", corpus.text(sentences: 1694))
        try folder.write("b.txt", corpus.text(sentences: 1300))
        let options = updateOptions.split(separator: " ")
        let pairs = stride(from: 0, to: options.count, by: 2).map { "\(options[$0].dropFirst(2)): \(options[$0 + 1])" }
        try folder.write(
            "p.yaml",
            """
            inputs: [a.txt, b.txt]
            stages:
              - tokenize: {lang: tt, block-bytes: 150}
              - embed: {vectors: v.vectors}
              - score: {teacher: teacher}
              - update: {output: out, epochs: 3, \(pairs.joined(separator: ", "))}

            """)
        let outcome = try await folder.shell(
            """
            set -e -o pipefail
            nerpipe vectors import -q v.vec -o v.vectors
            nerpipe train -q train.conll --dev dev.conll --vectors v.vectors --lang ss --epochs 2 --batch-tokens 200 \(network) -o teacher
            nerpipe tokenize \(tokenizeOptions) a.txt b.txt | nerpipe embed -q --vectors v.vectors | nerpipe score -q --teacher teacher -o scored.zst
            """)
        try #require(outcome.status == 0, "\(outcome.errors)")
        return folder
    }
}

extension ScratchFolder {
    /// Weights and configuration of a model, end to end.
    func model(_ name: String) throws -> [UInt8] { try read("\(name)/model.safetensors") + read("\(name)/config.json") }

    /// What remains in an output folder when everything went well: no spool, no temporary file.
    func expectTidy(_ name: String, sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(
            names(in: name) == ["README.md", "checkpoints", "config.json", "model.safetensors", "run.json"],
            sourceLocation: sourceLocation)
        let checkpoints = names(in: "\(name)/checkpoints")
        #expect(
            (1...3).contains(checkpoints.count) && checkpoints.allSatisfy { $0.hasSuffix(".checkpoint.zst") },
            "\(checkpoints)", sourceLocation: sourceLocation)
    }
}
