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
}
