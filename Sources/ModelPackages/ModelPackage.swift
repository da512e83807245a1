import Diagnostics
import Kernels
import Shards
package import Taggers
package import Vectors

/// A model with what it needs of its vector table: a folder, or the same in one file (`StoredArchive`), that tags without anything
/// else.
///
/// | member | what |
/// |---|---|
/// | `config.json` | the model's, with `words.vectors` as its table; no path leads out of the package |
/// | `model.safetensors` | the weights |
/// | `words.vectors` | the rows of its language (``LanguageCut``) |
/// | `README.md` | ``PackageCard`` |
/// | `package.json` | ``Manifest`` |
///
/// Weights and table carry their own digests, which are compared whenever the package is opened.
package struct ModelPackage {
    package static let tableName = "words.vectors", manifestName = "package.json", cardName = "README.md"
    /// Of a package in one file.
    package static let ending = ".nerpipe"

    /// What a package says of itself, for programs.
    package struct Manifest: Codable, Equatable, Sendable {
        package static let currentFormat = 1

        package struct Member: Codable, Equatable, Sendable {
            package var bytes: Int
            /// XXH3-128.
            package var digest: String
        }

        package var format = currentFormat
        package var language: String
        package var tokenizer: String
        package var producer: String
        /// Digest of the model and of the table that it was made from.
        package var sourceModel: String
        package var sourceTable: String
        package var members: [String: Member]
    }

    package let model: Model
    package let cut: LanguageCut
    package let size: LanguageCut.Size

    package init(_ model: Model, _ cut: LanguageCut, _ size: LanguageCut.Size) {
        (self.model, self.cut, self.size) = (model, cut, size)
    }

    /// How many words fit into a package beside the weights.
    package static func rowLimit(
        megabytes: Double, _ model: Model, _ cut: LanguageCut, _ size: LanguageCut.Size
    ) throws -> Int {
        // Configuration, manifest and card; and the heads of weights and table.
        let besides = 4 * model.parameters.count + 40_000
        let limit = cut.rowLimit(byteCount: Int(megabytes * 1e6) - besides, size)
        guard limit > 0 else {
            throw Failure.packageTooSmall(megabytes, needed: besides + cut.byteCount(rows: 0, size))
        }
        return limit
    }

    /// Writes the table and the model into a folder; the card and the manifest, ``finish(_:in:_:)``.
    ///
    /// - Returns: The model as it is in the package.
    package func writeModel(to folder: String) throws -> (model: Model, table: VectorTableDescription) {
        try Directory.make(folder)
        let description = try cut.write(to: "\(folder)/\(Self.tableName)", size)
        var configuration = model.configuration
        configuration.vectors = TableReference(
            path: Self.tableName, digest: description.digest, dimension: description.dimension)
        configuration.languages = [cut.language]
        let packaged = Model(configuration: configuration, parameters: model.parameters)
        try packaged.write(to: folder, card: "")
        return (packaged, description)
    }

    /// Bytes of the files in a folder of a package.
    package static func byteCount(of folder: String) throws -> Int {
        try [Model.configurationName, Model.weightsName, tableName].reduce(0) {
            try $0 + MappedFile(path: "\(folder)/\($1)").bytes.count
        }
    }

    /// Writes card and manifest.
    package func finish(_ card: PackageCard, in folder: String, tokenizer: String, producer: String) throws {
        try AtomicFile.write(card.text, to: "\(folder)/\(Self.cardName)")
        var members: [String: Manifest.Member] = [:]
        for name in Self.memberNames where name != Self.manifestName {
            let file = try MappedFile(path: "\(folder)/\(name)")
            members[name] = .init(bytes: file.bytes.count, digest: Self.digest(of: file))
        }
        let manifest = Manifest(
            language: cut.language, tokenizer: tokenizer, producer: producer, sourceModel: try model.digest(),
            sourceTable: cut.table.description.digest, members: members)
        try AtomicFile.write(JSON.encodePretty(manifest), to: "\(folder)/\(Self.manifestName)")
    }

    /// The members, in the order of an archive: what describes it comes first.
    package static let memberNames = [cardName, manifestName, Model.configurationName, Model.weightsName, tableName]

    private static func digest(of file: MappedFile) -> String {
        let digest = RunningDigest()
        digest.update(file.bytes)
        return digest.hex
    }

    /// Compares every member with the manifest.
    ///
    /// - Returns: The manifest.
    /// - Throws: Bad data that names the member that differs.
    @discardableResult
    package static func verify(_ path: String) throws -> Manifest {
        let place = "\(path)/\(manifestName)"
        guard Directory.fileExists(place) else { throw Failure.noPackage(path) }
        let manifest: Manifest
        do { manifest = try JSON.decode(Manifest.self, from: Directory.contents(of: place)) } catch let error
            as DecodingError
        {
            throw Failure.badManifest(place, error)
        }
        guard manifest.format == Manifest.currentFormat else { throw Failure.otherPackage(place, manifest.format) }
        for (name, member) in manifest.members.sorted(by: { $0.key < $1.key }) {
            guard !name.contains("/"), Directory.fileExists("\(path)/\(name)") else {
                throw Failure.memberDiffers(path, name, "it is not there")
            }
            let file = try MappedFile(path: "\(path)/\(name)")
            guard file.bytes.count == member.bytes, digest(of: file) == member.digest else {
                throw Failure.memberDiffers(path, name, "its content is not what was packed")
            }
        }
        for name in [Model.configurationName, Model.weightsName, tableName] where manifest.members[name] == nil {
            throw Failure.memberDiffers(path, name, "the manifest does not name it")
        }
        return manifest
    }
}
