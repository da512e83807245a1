import Glibc
import Shards

/// What a run of `distill` will take, before it begins; rough, from the sizes of its files.
///
/// Constants: docs/scaling.md, tools/bench/README.md, and pipelines/vectors/README.md, of cores of 2024. Another machine may need half or double of it.
package struct DistillEstimate: Sendable {
    package let diskBytes: Int
    package let seconds: Double
    /// Free space where the output goes; nil when the system does not say.
    package let freeBytes: Int?

    /// Bytes of text a token, and how much smaller text is when it is packed.
    private static let bytesPerToken = 6.5, packing = 3.5
    /// Seconds of a core a token: of training vectors (four passes over the text and its switched copy, alignment), of a transformer in 8 bits, of a
    /// tagger's update, and of all else on the way.
    private static let vectorSeconds = 3.2e-5, transformerSeconds = 4e-4, updateSeconds = 2.1e-6, flowSeconds = 0.7e-6
    /// Words of an encoder's pass a second, a row of a table with the index, a scored token on disk, and a fixed part for n-grams.
    private static let encodedWordSeconds = 1e-3, rowBytes = 480.0, scoredBytes = 22.0, subwordBytes = 120e6
    /// Rows for a token of text: Heaps' law, roughly.
    private static func rows(_ tokens: Double) -> Double { 20 * pow(tokens, 0.6) }

    package init(_ materials: DistillMaterials, jobs: Int) {
        func tokens(_ paths: [String]) -> Double {
            paths.flatMap(Directory.expand).flatMap { path in
                Directory.exists(path) ? Directory.names(in: path).map { "\(path)/\($0)" } : [path]
            }.reduce(0) { sum, path in
                guard let input = try? FileInput(path: path), let bytes = input.byteCount else { return sum }
                let isPacked = [".zst", ".gz"].contains(where: path.hasSuffix)
                return sum + Double(bytes) * (isPacked ? Self.packing : 1) / Self.bytesPerToken
            }
        }
        let target = tokens(materials.text), source = tokens(materials.sources.map(\.path))
        let pairs = tokens((materials.parallel + materials.otherText).map(\.path))
        var seconds = 0.0, disk = 0.0
        if materials.vectors.isEmpty {
            seconds += (target + source + pairs) * Self.vectorSeconds
            // The encoded text, the vectors in training, and the table.
            disk +=
                (target + source + pairs) * 10 + 2.5
                * (Self.rows(target + source + pairs) * Self.rowBytes + Self.subwordBytes)
        }
        if materials.encoder != nil {
            let rows = Self.rows(target + source + pairs)
            seconds += rows * Self.encodedWordSeconds
            disk += rows * (800 + 1600) + 240e6
        }
        let teacherCount = DistillChoices(materials).teacherSeeds.count
        seconds += Double(teacherCount) * source * 6 * Self.updateSeconds
        let transformers = materials.teachers.count(where: DistillMaterials.isTransformer)
        seconds +=
            target * (Double(transformers) * Self.transformerSeconds + Self.flowSeconds * Double(1 + teacherCount))
        seconds += target * 8 * Self.updateSeconds
        disk += target * Self.scoredBytes * 2 + 60e6
        self.seconds = seconds / (0.85 * Double(jobs) + 0.15) + 5
        diskBytes = Int(disk)
        var status = statvfs()
        var folder = materials.output
        while !Directory.exists(folder), Directory.parent(of: folder) != folder {
            folder = Directory.parent(of: folder)
        }
        freeBytes = statvfs(folder, &status) == 0 ? Int(status.f_bavail) * Int(status.f_frsize) : nil
    }

    package var text: String {
        let minutes = Int((seconds / 60).rounded(.up))
        let time = minutes < 120 ? "\(minutes) minutes" : "\(minutes / 60) hours"
        let free = freeBytes.map { ", of which \($0 / 1_000_000) MB are free" } ?? ""
        return "about \(time) and \(max(1, diskBytes / 1_000_000)) MB of disk\(free)"
    }
}
