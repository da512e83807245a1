import Kernels
import Taggers
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

    @Test(arguments: ["bert", "xlm-roberta", "distilbert"], EncoderPrecision.allCases)
    func aSentenceHasItsBitsInAnyCompany(_ name: String, _ precision: EncoderPrecision) throws {
        let fixture = try Fixture(name)
        try onEveryPath { path in
            // Panels of 8 bits belong to the path on which they are made.
            let encoder = try TransformerEncoder(folder: fixture.folder, precision: precision)
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
            let alone = fixture.expected.indices.map { bits([$0])[0] }
            for order in [
                [0, 1, 2, 3, 4, 5], [5, 3, 1, 0], [3, 3, 3, 2, 1], [2, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 1],
            ] {
                #expect(bits(order) == order.map { alone[$0] }, "\(path) \(order)")
            }
        }
    }

    @Test(arguments: [(EncoderPrecision.bfloat16, 0.03), (.int8, 0.05)])
    func fewerBitsAreNearTheStatesOfPyTorch(_ precision: EncoderPrecision, _ bound: Double) throws {
        for name in Fixture.names {
            let fixture = try Fixture(name), expected = fixture.expected.flatMap(\.states).flatMap { $0 }
            try onEveryPath { path in
                let encoder = try TransformerEncoder(folder: fixture.folder, precision: precision)
                let workspace = EncoderWorkspace(encoder.configuration)
                let states = encoder.forward(fixture.sequences, in: workspace).states
                let H = encoder.configuration.hiddenWidth
                let errors = expected.indices.map {
                    Double(states.from(row: $0 / H).pointer[$0 % H]) - expected[$0]
                }
                let size = expected.reduce(0) { $0 + $1 * $1 }.squareRoot()
                let error = errors.reduce(0) { $0 + $1 * $1 }.squareRoot()
                #expect(error < bound * size && error > 0, "\(path) \(name): \(error / size) of the states")
            }
        }
    }

    @Test func outlierChannelsAreFoundAndKeptApart() throws {
        try withCopy(of: "bert") { folder in
            try changeTensors(in: folder) { $0["bert.embeddings.LayerNorm.weight"]?.values[17] *= 60 }
            let encoder = try TransformerEncoder(folder: folder, precision: .int8)
            #expect(encoder.outlierChannels[0][0] == [17])
            // Without them apart, all other channels of the first layer would share four levels or so.
            let exact = try TransformerEncoder(folder: folder), sequences = try Fixture("bert").sequences
            let workspace = EncoderWorkspace(exact.configuration), other = EncoderWorkspace(exact.configuration)
            let a = exact.forward(sequences, in: workspace).states, b = encoder.forward(sequences, in: other).states
            let count = sequences.rowCount * exact.configuration.hiddenWidth
            var errors = 0.0, sizes = 0.0
            for index in 0..<count {
                let (row, column) = (index / exact.configuration.hiddenWidth, index % exact.configuration.hiddenWidth)
                let value = Double(a.from(row: row).pointer[column])
                errors +=
                    (value - Double(b.from(row: row).pointer[column]))
                    * (value - Double(b.from(row: row).pointer[column]))
                sizes += value * value
            }
            #expect(errors.squareRoot() < 0.05 * sizes.squareRoot())
        }
    }

    @Test func whatTheFileHasBesidesIsNamed() throws {
        let encoder = try TransformerEncoder(folder: Fixture("bert-without-head").folder)
        #expect(encoder.unusedTensors == ["pooler.dense.bias", "pooler.dense.weight"])
    }
}
