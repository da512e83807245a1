import Kernels

/// Character n-grams and their buckets, as fastText hashes them.
package enum SubwordHash {
    /// The bucket of every n-gram of `<word>` with `minimum...maximum` scalars, in fastText's order
    /// (facebookresearch/fastText, `Dictionary::computeSubwords`): single `<` and `>` do not count.
    static func buckets(of word: UnsafeBufferPointer<UInt8>, minimum: Int, maximum: Int, count: Int) -> [UInt32] {
        var padded: [UInt8] = []
        padded.reserveCapacity(word.count + 2)
        padded.append(UInt8(ascii: "<"))
        padded.append(contentsOf: word)
        padded.append(UInt8(ascii: ">"))
        var buckets: [UInt32] = []
        for start in padded.indices where padded[start] & 0xC0 != 0x80 {
            var end = start
            var length = 1
            var hash: UInt32 = 2_166_136_261
            while end < padded.count && length <= maximum {
                repeat {
                    // FNV-1a; fastText extends the sign of each byte.
                    hash = (hash ^ UInt32(bitPattern: Int32(Int8(bitPattern: padded[end])))) &* 16_777_619
                    end += 1
                } while end < padded.count && padded[end] & 0xC0 == 0x80
                if length >= minimum && !(length == 1 && (start == 0 || end == padded.count)) {
                    buckets.append(hash % UInt32(count))
                }
                length += 1
            }
        }
        return buckets
    }

    package static func buckets(of word: UnsafeBufferPointer<UInt8>, _ settings: SubwordDescription) -> [UInt32] {
        buckets(of: word, minimum: settings.minimum, maximum: settings.maximum, count: settings.buckets)
    }

    /// The sum of f16 rows.
    static func sum(
        _ buckets: [UInt32], table: UnsafePointer<UInt16>, dimension: Int, into out: UnsafeMutablePointer<Float>
    ) {
        out.update(repeating: 0, count: dimension)
        let row = FloatBuffer(count: dimension)
        for bucket in buckets {
            Kernel.halfToFloat(count: dimension, x: table + Int(bucket) * dimension, y: row.pointer)
            Kernel.add(count: dimension, x: row.pointer, y: out)
        }
    }
}

package enum VectorNorm {
    /// Scales to length 1; a vector that is zero, or so short that a float cannot hold the factor, becomes zero.
    package static func makeUnit(_ vector: UnsafeMutablePointer<Float>, _ dimension: Int) {
        let norm = Kernel.sumOfSquares(count: dimension, x: vector).squareRoot()
        let factor = Float(1 / norm)
        if factor.isFinite {
            Kernel.scale(count: dimension, a: factor, y: vector)
        } else {
            vector.update(repeating: 0, count: dimension)
        }
    }
}
