/// Character n-grams and their buckets, as fastText hashes them.
package enum SubwordHash {
    /// Appends the bucket of every n-gram of `<word>`, in fastText's order (facebookresearch/fastText,
    /// `Dictionary::computeSubwords`): single `<` and `>` do not count.
    package static func append(
        bucketsOf word: UnsafeBufferPointer<UInt8>, _ subwords: SubwordDescription, to buckets: inout [UInt32]
    ) {
        let (minimum, maximum) = (subwords.minimum, subwords.maximum)
        let bucketCount = UInt32(subwords.buckets)
        // `<word>` without a copy of it.
        let count = word.count + 2
        func byte(_ index: Int) -> UInt8 { index == 0 ? 0x3C : index == count - 1 ? 0x3E : word[index - 1] }
        for start in 0..<count where byte(start) & 0xC0 != 0x80 {
            var end = start
            var length = 1
            var hash: UInt32 = 2_166_136_261
            while end < count && length <= maximum {
                repeat {
                    // FNV-1a; fastText extends the sign of each byte.
                    hash = (hash ^ UInt32(bitPattern: Int32(Int8(bitPattern: byte(end))))) &* 16_777_619
                    end += 1
                } while end < count && byte(end) & 0xC0 == 0x80
                if length >= minimum && !(length == 1 && (start == 0 || end == count)) {
                    buckets.append(hash % bucketCount)
                }
                length += 1
            }
        }
    }
}
