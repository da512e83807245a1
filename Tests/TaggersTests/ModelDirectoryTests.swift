import Corpora
import Diagnostics
import Kernels
import NERPipeTesting
import Shards
import Taggers
import Testing

@Suite struct ModelDirectoryTests {
    @Test func whatIsWrittenIsReadBackAndWrittenTheSame() throws {
        let folder = ScratchFolder()
        let configuration = tinyConfiguration()
        let model = Model(configuration: configuration, parameters: perturbedParameters(configuration, seed: 61))
        try model.write(to: folder["a"], card: "card\n")
        let read = try Model(path: folder["a"])
        #expect(read.configuration == configuration)
        #expect(read.parameters.array == model.parameters.array)
        #expect(try read.digest() == model.digest())
        try read.write(to: folder["b"], card: "card\n")
        for name in ["config.json", "model.safetensors", "README.md"] {
            #expect(try folder.bytes(of: "a/\(name)") == folder.bytes(of: "b/\(name)"), "\(name)")
        }
    }

    @Test func linearLayersAreStoredOutputFirst() throws {
        let folder = ScratchFolder()
        let configuration = tinyConfiguration()
        let model = Model(configuration: configuration, parameters: perturbedParameters(configuration, seed: 62))
        try model.write(to: folder["m"], card: "")
        let tensors = try Safetensors.decode(folder.bytes(of: "m/model.safetensors"), path: "m").tensors
        let weight = try #require(tensors["convolutions.1.weight"])
        #expect(weight.shape == [7, 21])
        let offset = try #require(ParameterLayout(configuration).tensors.first { $0.name == "convolutions.1.weight" })
            .offset
        #expect(weight.values[2 * 21 + 13] == model.parameters[offset + 13 * 7 + 2])
        #expect(tensors["features.shape.weight"]?.shape == [6, 3])
        #expect(tensors["output.bias"]?.shape == [5])
    }

    @Test func digestIgnoresThePathOfTheTable() throws {
        var configuration = tinyConfiguration()
        let parameters = perturbedParameters(configuration, seed: 63)
        let digest = try Model(configuration: configuration, parameters: parameters).digest()
        configuration.vectors.path = "elsewhere"
        #expect(try Model(configuration: configuration, parameters: parameters).digest() == digest)
        parameters[3] += 1
        #expect(try Model(configuration: configuration, parameters: parameters).digest() != digest)
    }

    /// Weights that another program stored as 16-bit numbers, without our digest.
    @Test func halfPrecisionWeightsAreRead() throws {
        let folder = ScratchFolder()
        let configuration = tinyConfiguration()
        let model = Model(configuration: configuration, parameters: perturbedParameters(configuration, seed: 65))
        try model.write(to: folder.path, card: "")
        let tensors = try Safetensors.decode(folder.bytes(of: "model.safetensors"), path: "m").tensors.values
        var header: [String] = [], data: [UInt8] = []
        for tensor in tensors {
            let start = data.count
            for value in tensor.values { data.appendInteger(Float16(value).bitPattern) }
            header.append(
                #""\#(tensor.name)":{"dtype":"F16","shape":\#(tensor.shape),"data_offsets":[\#(start),\#(data.count)]}"#
            )
        }
        try folder.write(
            SafetensorsTests.file("{\(header.joined(separator: ","))}", dataByteCount: 0) + data,
            as: "model.safetensors")
        let read = try Model(path: folder.path)
        for index in 0..<read.parameters.count {
            #expect(read.parameters[index] == Float(Float16(model.parameters[index])))
        }
    }

    @Test func incompleteOrAbsentFoldersAreNamed() throws {
        let folder = ScratchFolder()
        #expect { try Model(path: folder["none"]) } throws: { ($0 as? Failure)?.code == .noInput }
        try folder.write("{}", as: "config.json")
        #expect { try Model(path: folder.path) } throws: { ($0 as? Failure)?.code == .noInput }
    }

    /// Text that is replaced in a good configuration, and what the message must name.
    @Test(arguments: [
        (#""version" : 1"#, #""version" : 9"#, "version 9"), (#""hiddenWidth" : 7"#, #""hiddenWidth" : 8"#, "shape"),
        (#""hiddenWidth" : 7"#, #""hiddenWidth" : 100000"#, "hiddenWidth"),
        (#""hiddenWidth" : 7"#, #""hiddenWidth" : -1"#, "hiddenWidth"),
        (#""convolutionCount" : 2"#, #""convolutionCount" : 64"#, "convolutions.2"),
        (#""buckets" : 6"#, #""buckets" : 0"#, "buckets"),
        (#""buckets" : 6"#, #""buckets" : 16777216"#, "shape"), (#""B-LOC""#, #""B-PER""#, "labels"),
        (#""I-LOC""#, #""X""#, "labels"),
        (#""dimension" : 5"#, #""dimension" : 4"#, "shape"),
        (#""vectorScale" : 3"#, #""vectorScale" : "x""#, "configuration"),
        (#""vectorScale" : 3"#, #""vectorScale" : 3, "vectorScale" : 4"#, "the key vectorScale stands in it twice"),
        (#""convolutionCount" : 2"#, #""convolutionCount" : 1"#, "tensor convolutions.1.bias has no place"),
    ])
    func hostileConfigurationIsRefusedByName(_ from: String, _ to: String, _ named: String) throws {
        let folder = ScratchFolder()
        let configuration = tinyConfiguration()
        try Model(configuration: configuration, parameters: perturbedParameters(configuration, seed: 64)).write(
            to: folder.path, card: "")
        let text = String(decoding: try folder.bytes(of: "config.json"), as: UTF8.self)
        #expect(text.contains(from))
        try folder.write(text.replacing(from, with: to), as: "config.json")
        let failure = #expect(throws: Failure.self) { try Model(path: folder.path) }
        #expect(failure?.code == .badData)
        #expect(failure?.message.contains(named) == true, "\(failure?.message ?? "")")
    }

    /// Sizes that pass every limit and still ask for terabytes: the weights' file must be compared before memory is
    /// taken.
    @Test func configurationLargerThanItsWeightsAllocatesNothing() throws {
        let folder = ScratchFolder()
        var configuration = tinyConfiguration()
        try Model(configuration: configuration, parameters: perturbedParameters(configuration, seed: 65)).write(
            to: folder.path, card: "")
        configuration.features = [
            FeatureEmbedding(name: "shape", buckets: 1 << 24, width: 1024),
            FeatureEmbedding(name: "suffix2", buckets: 1 << 24, width: 1024),
        ]
        configuration.hiddenWidth = 4096
        try folder.write(JSON.encodePretty(configuration), as: "config.json")
        #expect { try Model(path: folder.path) } throws: { ($0 as? Failure)?.code == .badData }
    }

    @Test func weightsThatAreNoNumbersAreRefused() throws {
        let folder = ScratchFolder()
        let configuration = tinyConfiguration()
        let parameters = perturbedParameters(configuration, seed: 66)
        parameters[5] = .nan
        try Model(configuration: configuration, parameters: parameters).write(to: folder.path, card: "")
        #expect { try Model(path: folder.path) } throws: {
            ($0 as? Failure)?.message.contains("features.shape.weight") == true
        }
    }

    @Test func streamOfAnotherTableOrFeatureListIsRefused() throws {
        let configuration = tinyConfiguration()
        var header = StreamHeader(kind: .embedded, producer: "t", language: "xx", tokenizer: "given")
        header.table = TableReference(path: "other/path", digest: "d1", dimension: 5)
        header.features = ["shape", "suffix2"]
        try configuration.requireFit(header, model: "m", stream: "s")
        header.features = ["shape"]
        #expect { try configuration.requireFit(header, model: "m", stream: "s") } throws: {
            "\($0)".contains("features differs")
        }
        header.features = ["shape", "suffix2"]
        header.table?.digest = "d2"
        #expect { try configuration.requireFit(header, model: "m", stream: "s") } throws: {
            "\($0)".contains("d1") && "\($0)".contains("d2")
        }
    }

    @Test func streamWithOtherNumbersIsRefused() throws {
        let configuration = tinyConfiguration(statistics: 2, hasPositions: true)
        var header = StreamHeader(kind: .embedded, producer: "t", language: "xx", tokenizer: "given")
        header.table = TableReference(path: "other/path", digest: "d1", dimension: 5)
        header.features = ["shape", "suffix2"]
        header.numbers = configuration.numbers.names
        try configuration.requireFit(header, model: "m", stream: "s")
        for names in [["s0", "s1"], PositionFlags.names, [], ["s1", "s0"] + PositionFlags.names] {
            header.numbers = names
            #expect { try configuration.requireFit(header, model: "m", stream: "s") } throws: {
                "\($0)".contains("numbers differs") && "\($0)".hasSuffix("embed with --numbers all")
            }
        }
        // Streams of before there were numbers fit models of before there were any.
        header.numbers = nil
        try tinyConfiguration().requireFit(header, model: "m", stream: "s")
    }

    @Test func tableMustHaveTheStatisticsThatAreCountedOn() throws {
        let configuration = tinyConfiguration(statistics: 2, hasPositions: true)
        let model = Model(configuration: configuration, parameters: perturbedParameters(configuration, seed: 67))
        _ = try TaggerInference(model, vectors: TinyVectors(rowCount: 3, dimension: 5, statisticCount: 2, seed: 1))
        for (dimension, count) in [(5, 0), (5, 1), (5, 3), (4, 2), (6, 2)] {
            let table = TinyVectors(rowCount: 3, dimension: dimension, statisticCount: count, seed: 1)
            #expect { try TaggerInference(model, vectors: table) } throws: { ($0 as? Failure)?.code == .badData }
        }
        // A model that uses none may stand on a table that has some.
        let plain = Model(
            configuration: tinyConfiguration(), parameters: perturbedParameters(tinyConfiguration(), seed: 1))
        _ = try TaggerInference(plain, vectors: TinyVectors(rowCount: 3, dimension: 5, statisticCount: 2, seed: 1))
    }

    /// Written by a version that knew no numbers: it must open, and go on having the same digest.
    @Test func configurationWithoutNumbersStaysAsItWas() throws {
        let text = String(decoding: try JSON.encode(tinyConfiguration()), as: UTF8.self)
        #expect(!text.contains("numbers"))
        let read = try JSON.decode(TaggerConfiguration.self, from: Array(text.utf8))
        #expect(read == tinyConfiguration() && read.numbers.names.isEmpty && read.inputWidth == 10)
        let numbered = tinyConfiguration(statistics: 2, hasPositions: true)
        let again = try JSON.decode(TaggerConfiguration.self, from: JSON.encode(numbered))
        #expect(again == numbered && again.numbers == numbered.numbers && again.inputWidth == 15)
        #expect(again.numbers.names == ["s0", "s1"] + PositionFlags.names)
    }

    @Test func tooManyNumbersAreRefused() throws {
        let configuration = tinyConfiguration(statistics: 129)
        #expect { try configuration.validate(place: "p") } throws: { "\($0)".contains("p: numbers is 129") }
    }

    @Test func initialWeightsAreTheSameForTheSameSeedAndBounded() {
        let configuration = tinyConfiguration()
        let layout = ParameterLayout(configuration)
        let a = layout.makeInitialParameters(seed: 1), b = layout.makeInitialParameters(seed: 1),
            c = layout.makeInitialParameters(seed: 2)
        #expect(a.array == b.array)
        #expect(a.array != c.array)
        for tensor in layout.tensors {
            let values = (0..<tensor.count).map { a[tensor.offset + $0] }
            if tensor.name.hasSuffix("norm.weight") { #expect(values.allSatisfy { $0 == 1 }) }
            if tensor.name.hasSuffix("norm.bias") { #expect(values.allSatisfy { $0 == 0 }) }
            if tensor.name == "input.bias" || tensor.name == "input.weight" {
                #expect(values.allSatisfy { abs($0) <= 1 / Float(10).squareRoot() })
            }
            #expect(
                tensor.isDecayed == !(tensor.name.hasSuffix("bias") || tensor.name.contains("norm")), "\(tensor.name)")
        }
    }
}
