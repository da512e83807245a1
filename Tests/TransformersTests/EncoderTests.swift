import Kernels
import Testing
import Transformers

struct EncoderTests {
    /// The largest difference of rows of a result to those expected.
    private func difference(_ rows: RowsPointer, _ expected: [[Double]]) -> Double {
        var largest = 0.0
        for (row, values) in expected.enumerated() {
            for (column, value) in values.enumerated() {
                let found = Double(rows.from(row: row).pointer[column])
                largest = max(largest, found.isFinite ? abs(found - value) : .infinity)
            }
        }
        return largest
    }

    @Test(arguments: Fixture.names)
    func statesAndLogitsAreThoseOfPyTorch(_ name: String) throws {
        let fixture = try Fixture(name)
        let encoder = try TransformerEncoder(folder: fixture.folder)
        try onEveryPath { path in
            let workspace = EncoderWorkspace(encoder.configuration)
            let first = encoder.forward(fixture.sequences, in: workspace, layerCount: 1)
            #expect(difference(first.states, fixture.expected.flatMap(\.first)) < 1e-5, "\(path)")
            let result = encoder.forward(fixture.sequences, in: workspace)
            #expect(difference(result.states, fixture.expected.flatMap(\.states)) < 1e-4, "\(path)")
            if !encoder.configuration.labels.isEmpty {
                let logits = try fixture.expected.flatMap { try #require($0.logits) }
                #expect(difference(result.logits, logits) < 1e-4, "\(path)")
            }
        }
    }

    @Test(arguments: ["bert", "xlm-roberta", "distilbert"])
    func aSentenceHasItsBitsInAnyCompany(_ name: String) throws {
        let fixture = try Fixture(name)
        let encoder = try TransformerEncoder(folder: fixture.folder)
        func bits(_ order: [Int]) -> [[UInt32]] {
            let workspace = EncoderWorkspace(encoder.configuration)
            var sequences = EncoderSequences()
            for number in order { sequences.append(fixture.expected[number].pieces) }
            let logits = encoder.forward(sequences, in: workspace).logits
            return order.indices.map { place in
                sequences.rows(ofSequence: place).flatMap { row in
                    encoder.configuration.labels.indices.map { logits.from(row: row).pointer[$0].bitPattern }
                }
            }
        }
        onEveryPath { path in
            let alone = fixture.expected.indices.map { bits([$0])[0] }
            for order in [
                [0, 1, 2, 3, 4, 5], [5, 3, 1, 0], [3, 3, 3, 2, 1], [2, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 1],
            ] {
                #expect(bits(order) == order.map { alone[$0] }, "\(path) \(order)")
            }
        }
    }

    @Test func whatTheFileHasBesidesIsNamed() throws {
        let encoder = try TransformerEncoder(folder: Fixture("bert-without-head").folder)
        #expect(encoder.unusedTensors == ["pooler.dense.bias", "pooler.dense.weight"])
    }
}
