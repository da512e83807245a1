import CZstd
import Diagnostics

/// How an input is packed: told by its first bytes, never by its name. All magic numbers that nerpipe knows of foreign
/// packing stand here.
enum Packing: Equatable {
    case none, zstd, gzip
    case foreign(ForeignPacking)

    /// Bytes from which a packing can be told: 262 for tar, whose mark stands at 257.
    static let headByteCount = 512
    /// Bytes that all but tar are told from; a pipe is waited for until it gave so many.
    static let shortHeadByteCount = 16

    init(head: some Collection<UInt8>) {
        let head = Array(head.prefix(Self.headByteCount))
        if head.starts(with: [0x28, 0xB5, 0x2F, 0xFD])
            || head.count >= 4 && head[0] & 0xF0 == 0x50 && head[1..<4].elementsEqual([0x2A, 0x4D, 0x18])
        {
            self = .zstd  // the second is a skippable frame, with which seekable files of pzstd begin
        } else if head.starts(with: [0x1F, 0x8B]) {
            self = .gzip
        } else {
            self = ForeignPacking.known.first { $0.matches(head) }.map(Packing.foreign) ?? .none
        }
    }

    /// "gzip-compressed", and how to undo it.
    var described: (what: String, remedy: String) {
        switch self {
        case .none: ("plain", "cat FILE")
        case .zstd: ("zstd-compressed", "zstd -dc FILE")
        case .gzip: ("gzip-compressed", "gzip -dc FILE")
        case .foreign(let packing): (packing.what, packing.remedy)
        }
    }
}

/// A compression or an archive of another program that nerpipe can name, but does not read.
struct ForeignPacking: Equatable {
    let what: String
    /// The command whose output is the content.
    let remedy: String
    /// Byte strings that follow one another from `offset` on; nil stands for any byte.
    private let magic: [UInt8?]
    private let offset: Int

    private init(_ what: String, _ remedy: String, _ magic: [UInt8?], at offset: Int = 0) {
        (self.what, self.remedy, self.magic, self.offset) = (what, remedy, magic, offset)
    }

    func matches(_ head: [UInt8]) -> Bool {
        head.count >= offset + magic.count
            && zip(magic, head[offset...]).allSatisfy { expected, found in expected == nil || expected == found }
    }

    /// Long enough that no text begins so: bzip2's `BZh9` alone could be a word, and LZMA's first byte is `]`.
    static let known =
        [
            ForeignPacking(
                "bzip2-compressed", "bzcat FILE",
                [0x42, 0x5A, 0x68, nil, 0x31, 0x41, 0x59, 0x26, 0x53, 0x59]),
            ForeignPacking(
                "bzip2-compressed", "bzcat FILE",  // without content
                [0x42, 0x5A, 0x68, nil, 0x17, 0x72, 0x45, 0x38, 0x50, 0x90]),
            ForeignPacking("xz-compressed", "xz -dc FILE", [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00]),
            ForeignPacking(
                "LZMA-compressed", "xz --format=lzma -dc FILE",
                [0x5D, 0, 0, nil, nil, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]),
            ForeignPacking("lzip-compressed", "lzip -dc FILE", [0x4C, 0x5A, 0x49, 0x50, 0x01]),
            ForeignPacking("lzop-compressed", "lzop -dc FILE", [0x89, 0x4C, 0x5A, 0x4F, 0x00, 0x0D, 0x0A, 0x1A]),
            ForeignPacking("lz4-compressed", "lz4 -dc FILE", [0x04, 0x22, 0x4D, 0x18]),
            ForeignPacking("lz4-compressed", "lz4 -dc FILE", [0x02, 0x21, 0x4C, 0x18]),
            ForeignPacking(
                "snappy-compressed", "snzip -dc FILE", [0xFF, 0x06, 0x00, 0x00, 0x73, 0x4E, 0x61, 0x50, 0x70, 0x59]),
            ForeignPacking("compressed by 'compress'", "gzip -dc FILE", [0x1F, 0x9D]),
            ForeignPacking("a zip archive", "unzip -p FILE NAME", [0x50, 0x4B, 0x03, 0x04]),
            ForeignPacking("a zip archive without content", "unzip -p FILE NAME", [0x50, 0x4B, 0x05, 0x06]),
            ForeignPacking("a 7z archive", "7z x -so FILE NAME", [0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C]),
            ForeignPacking("a rar archive", "unrar p -inul FILE NAME", [0x52, 0x61, 0x72, 0x21, 0x1A, 0x07]),
            ForeignPacking("a tar archive", "tar -xOf FILE NAME", [0x75, 0x73, 0x74, 0x61, 0x72, 0x00], at: 257),
            ForeignPacking("a tar archive", "tar -xOf FILE NAME", [0x75, 0x73, 0x74, 0x61, 0x72, 0x20], at: 257),
            ForeignPacking(
                "a Parquet file",
                #"python3 -c "import sys, pandas; pandas.read_parquet(sys.argv[1]).to_json(sys.stdout, orient='records', lines=True, force_ascii=False)" FILE"#,
                [0x50, 0x41, 0x52, 0x31, 0x15]),
        ] + oldZstd

    /// zstd before its format was settled: 0.1, and 0.2 to 0.7.
    private static let oldZstd =
        [
            ForeignPacking("zstd-compressed by a version before 0.8", "zstd -dc FILE", [0x1E, 0xB5, 0x2F, 0xFD])
        ]
        + (UInt8(0x22)...0x27).map {
            ForeignPacking("zstd-compressed by a version before 0.8", "zstd -dc FILE", [$0, 0xB5, 0x2F, 0xFD])
        }
}
