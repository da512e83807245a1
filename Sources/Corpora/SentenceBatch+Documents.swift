extension SentenceBatch {
    /// The same batch with the sentences of some of its documents, and without the others.
    ///
    /// - Parameter isKept: Decides by the bytes of a document's identifier.
    package func keepingDocuments(_ isKept: (ArraySlice<UInt8>) -> Bool) -> SentenceBatch {
        let kept = (0..<documentCount).map { document in
            isKept(
                documentIdentifiers[
                    (document == 0 ? 0 : Int(documentIdentifierEnds[document - 1]))..<Int(
                        documentIdentifierEnds[document])])
        }
        guard kept.contains(false) else { return self }
        var result = keeping(sentences: (0..<sentenceCount).filter { kept[Int(sentenceDocuments[$0])] })
        // The numbers of the documents that stay.
        var numbers: [UInt32] = []
        var count: UInt32 = 0
        for isKept in kept {
            numbers.append(count)
            if isKept { count += 1 }
        }
        result.sentenceDocuments = result.sentenceDocuments.map { numbers[Int($0)] }
        result.documentIdentifiers = []
        result.documentIdentifierEnds = []
        for document in 0..<documentCount where kept[document] {
            result.appendDocument(identifier: documentIdentifier(document).utf8)
        }
        result.continuesDocument = continuesDocument && kept[0]
        return result
    }

    /// Takes sentence ends away that lie inside of ranges of tokens.
    ///
    /// - Parameters:
    ///   - first: The first sentence that may be joined with the one behind it.
    ///   - ranges: In rising order.
    /// - Returns: How many there were.
    package mutating func joinSentences(from first: Int, inside ranges: [Range<Int>]) -> Int {
        var remaining = ranges[...]
        let isJoined = sentenceEnds.indices.map { sentence in
            let end = Int(sentenceEnds[sentence])
            remaining = remaining.drop { $0.upperBound <= end }
            return sentence >= first && remaining.first.map { $0.lowerBound < end } == true
        }
        guard isJoined.contains(true) else { return 0 }
        let kept = isJoined.indices.filter { !isJoined[$0] }
        sentenceEnds = kept.map { sentenceEnds[$0] }
        sentenceDocuments = kept.map { sentenceDocuments[$0] }
        return isJoined.count - kept.count
    }
}
