package import Corpora
import Diagnostics
package import Shards

/// A hashed feature of a token and the width of its trainable embedding.
package struct FeatureEmbedding: Codable, Equatable, Sendable {
    /// Name of the feature as in the header of the embedded stream.
    package var name: String
    /// Rows of the embedding; the hash is taken modulo this.
    package var buckets: Int
    package var width: Int

    package init(name: String, buckets: Int, width: Int) {
        self.name = name
        self.buckets = buckets
        self.width = width
    }
}

/// The shape of a tagger: everything that decides how many weights there are and what they mean.
///
/// Stored as `config.json` of a model directory.
package struct TaggerConfiguration: Codable, Equatable, Sendable {
    package static let currentVersion = 1

    package var version = currentVersion
    /// Tag names in the order of the outputs: O, B-X, I-X, ...
    package var labels: [String]
    /// The frozen table its inputs come from.
    package var vectors: TableReference
    /// Factor of the (unit-length) vectors.
    package var vectorScale: Float = 3
    package var features: [FeatureEmbedding]
    /// Names of the numbers between the vector and the features. Left out of the file when there are none, as in models
    /// of before there were any.
    package var numbers: TokenNumbers {
        get { TokenNumbers(names: numberNames ?? []) }
        set { numberNames = newValue.names.isEmpty ? nil : newValue.names }
    }
    private var numberNames: [String]?
    /// Codes of the languages whose text it was trained on; nil when that is not known, as in models of before it was
    /// stored. Text that is tagged is taken to be of the language, when there is one. Not part of the identity.
    package var languages: [String]?
    package var hiddenWidth = 96
    /// Residual window convolutions over [left; self; right].
    package var convolutionCount = 3

    package init(labels: [String], vectors: TableReference, features: [FeatureEmbedding]) {
        self.labels = labels
        self.vectors = vectors
        self.features = features
    }

    private enum CodingKeys: String, CodingKey {
        case version, labels, vectors, vectorScale, features, hiddenWidth, convolutionCount, languages
        case numberNames = "numbers"
    }

    /// The same without what changes no weight and no input.
    package var identity: TaggerConfiguration {
        var identity = self
        identity.vectors.path = ""
        identity.languages = nil
        return identity
    }

    package var inputWidth: Int { frozenWidth + features.reduce(0) { $0 + $1.width } }
    /// Inputs that nothing trains: the vector and the numbers beside it.
    package var frozenWidth: Int { vectorWidth + (numberNames?.count ?? 0) }
    package var labelCount: Int { labels.count }
    package var vectorWidth: Int { vectors.dimension }

    /// Checks what comes from a file before anything is allocated by it.
    package func validate(place: String) throws {
        guard version == Self.currentVersion else {
            throw Failure.otherVersion(of: "model format", found: version, read: Self.currentVersion, place: place)
        }
        _ = try TagSet(names: labels, place: place)
        let limits: [(String, Int, ClosedRange<Int>)] =
            [
                ("vectors.dimension", vectors.dimension, 1...4096), ("hiddenWidth", hiddenWidth, 1...4096),
                ("convolutionCount", convolutionCount, 0...64), ("features", features.count, 0...32),
                ("numbers", numberNames?.count ?? 0, 0...128), ("languages", languages?.count ?? 1, 1...65535),
            ]
            + features.flatMap {
                [("buckets of \($0.name)", $0.buckets, 1...(1 << 24)), ("width of \($0.name)", $0.width, 1...1024)]
            }
        for (name, value, range) in limits where !range.contains(value) {
            throw Failure.outOfRange(name, value, range, place)
        }
        guard vectorScale.isFinite else { throw Failure.vectorScaleIsNoNumber(place) }
    }

    /// Refuses a stream whose columns are not the ones the tagger was made for.
    package func requireFit(_ header: StreamHeader, model: String, stream: String) throws {
        var pairs: [(String, String, String, String)] = [
            (
                "vector table", vectors.digest, header.table?.digest ?? "none",
                "embed with the table the model was trained on (\(vectors.path))"
            ),
            (
                "numbers", Self.described(numbers.names), Self.described(header.numbers ?? []),
                "embed with --numbers \(numbers.selectionName)"
            ),
        ]
        // Features behind those of a model are for other models: it does not look at them.
        let names = header.features ?? [], needed = features.map(\.name)
        if !names.starts(with: needed) {
            pairs.append(
                (
                    "features", needed.joined(separator: ","), names.isEmpty ? "none" : names.joined(separator: ","),
                    "embed with --features \(needed.joined(separator: ","))"
                ))
        }
        for (name, mine, theirs, hint) in pairs where mine != theirs {
            throw Failure.streamDiffers(stream, name, model: model, needs: mine, has: theirs, hint)
        }
    }

    static func described(_ names: [String]) -> String { names.isEmpty ? "none" : names.joined(separator: ",") }

    /// Refuses vectors that do not give what the configuration counts on; whoever gathers inputs relies on it.
    package func requireFit(_ table: any FrozenVectors) throws {
        guard table.dimension == vectorWidth, numbers.statistics.isEmpty || numbers.statistics == table.statisticNames
        else {
            throw Failure.wrongTable(for: self, found: table)
        }
    }
}
