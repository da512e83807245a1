package import Corpora
package import Shards

/// Writes batches as a stream and returns its bytes.
package func streamBytes(
    _ batches: [SentenceBatch], header: StreamHeader, compressionLevel: Int?, in folder: ScratchFolder
) throws -> [UInt8] {
    let path = folder["stream-\(batches.count)-\(header.language)"]
    let compressor = compressionLevel.map { FrameCompressor(level: $0) }
    let writer = try ShardWriter(to: .file(path), header: header, compressor: compressor)
    for (index, batch) in batches.enumerated() {
        var batch = batch
        batch.index = index + 1
        try writer.append(EncodedBlock(batch.block(), compressor: compressor))
    }
    try writer.finish()
    return try Directory.contents(of: path)
}
