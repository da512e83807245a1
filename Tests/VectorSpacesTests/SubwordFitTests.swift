import Foundation
import Kernels
import NERPipeTesting
import Shards
import Testing
import Vectors

@testable import VectorSpaces

struct SubwordFitTests {
    /// Words whose vectors are decided by their first letter: n-grams learn it, and unknown words get it.
    @Test func unknownWordsAreComposedLikeTheirLikes() throws {
        let folder = ScratchFolder()
        let words = (0..<300).map {
            "\($0 % 2 == 0 ? "ka" : "po")\($0)" + ($0 % 50 == 0 ? String(repeating: "ha", count: 30) : "")
        }
        let lines = words.map { "\($0) \($0.hasPrefix("ka") ? "1 0" : "0 1")" }
        let path = try folder.write("300 2\n" + lines.joined(separator: "\n") + "\n", as: "a.vec")
        _ = try VectorImport.run([.init("xx=\(path)")], to: folder["t.vectors"], VectorImport.Options())
        let table = try VectorTable(path: folder["t.vectors"])
        let targets = FloatBuffer(words.flatMap { $0.hasPrefix("ka") ? [Float(1), 0] : [0, 1] })
        var fit = SubwordFit(SubwordDescription(minimum: 2, maximum: 4, buckets: 5000), dimension: 2)
        try fit.run(table, seed: 1, row: { UnsafePointer(targets.pointer + 2 * $0) }, say: { _ in })
        for (word, axis) in [("ka987", 0), ("po987", 1), ("kaxyz", 0)] {
            var buckets: [UInt32] = []
            Array(word.utf8).withUnsafeBufferPointer { SubwordHash.append(bucketsOf: $0, fit.settings, to: &buckets) }
            let sums = [0, 1].map { column in
                buckets.reduce(Float(0)) { $0 + fit.vectors.pointer[Int($1) * 2 + column] }
            }
            #expect(sums[axis] > 2 * abs(sums[1 - axis]), "\(word): \(sums)")
        }
    }
}
