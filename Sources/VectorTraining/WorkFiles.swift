import Runs

/// The files in the work folder of `vectors train`, each complete or absent: an interrupted run continues with the first that is
/// missing.
struct WorkFiles: Sendable {
    static let textName = "text"

    let folder: RunFolder
    /// Languages of the pairs, `en-sw`.
    let pairNames: [String]

    /// Whether a file of this name may be one of them, or of those they were made with.
    static func isOwn(_ name: String) -> Bool {
        [".zst", ".dictionary", ".checkpoint", ".tmp"].contains { name.hasSuffix($0) }
    }

    /// Words and counts; the last file that the reading of the inputs leaves.
    var vocabulary: String { folder.file("vocabulary.zst") }
    /// Lines as numbers of words: the text, or those of a pair.
    func encoded(_ name: String) -> String { folder.file("encoded-\(name).zst") }
    /// The same with links between the words of the sides.
    func linked(_ name: String) -> String { folder.file("linked-\(name).zst") }
    func dictionary(_ name: String) -> String { folder.file("\(name).dictionary") }

    var checkpoints: CheckpointStore { CheckpointStore(path: folder.path, keptCount: 1, isCompressed: false) }
}
