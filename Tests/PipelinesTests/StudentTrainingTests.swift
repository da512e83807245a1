import Corpora
import Diagnostics
import Distillation
import NERPipeTesting
import Pipelines
import Shards
import Testing
import Vectors

@Suite struct StudentTrainingTests {
    /// A stream comes from a file: what it says of its table need not be true.
    @Test(arguments: [["x"], ["x", "a"], ["a", "b"], ["x"] + PositionFlags.names])
    func streamThatCountsOnOtherStatisticsThanTheTablesIsRefused(_ numbers: [String]) async throws {
        let folder = ScratchFolder()
        let writer = try VectorTableWriter(
            path: folder["t.vectors"], dimension: 2, normalization: .unit, statistics: ["a"], unseenStatistics: [0])
        let language = writer.addLanguage("*")
        try [UInt8(ascii: "w")].withUnsafeBufferPointer { word in
            try [Float](arrayLiteral: 1, 0).withUnsafeBufferPointer { vector in
                try [Float](arrayLiteral: 1).withUnsafeBufferPointer { statistics in
                    try writer.append(
                        word: word, language: language, vector: #require(vector.baseAddress),
                        statistics: statistics.baseAddress)
                }
            }
        }
        _ = try writer.finish()
        let table = try VectorTable(path: folder["t.vectors"])
        var header = StreamHeader(kind: .labelled, producer: "t", language: "xx", tokenizer: "given")
        header.table = table.reference
        header.features = []
        header.numbers = numbers
        let training = StudentTraining(
            .init(output: folder["out"], settings: TrainingSettings(), purpose: "test"), table: table,
            labels: TagSet(types: ["PER"]), log: { _ in })
        let source = TrainingSource(header: header, place: "test") { _, _ in
            throw Failure(.bug, "the stream was asked for")
        }
        await #expect {
            _ = try await training.run(source, inputs: UpdateStage.Inputs(), progress: ProgressMeter())
        } throws: { ($0 as? Failure)?.code == .badData }
        #expect(folder.names == ["t.vectors"])
    }
}
