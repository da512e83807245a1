import VectorSpaces
import WordAlignment

/// Source words whose translations nothing may learn, so that dictionaries can be measured on them.
struct HeldOutWords {
    /// 0: none.
    let share: Double

    /// Whether a line is an entry of a dictionary that must not be learnt.
    func contains(_ line: CorpusLine, of input: TrainingInput) -> Bool {
        share > 0 && input.kind == .dictionary && SeedDictionary.isHeldOut(line.source.forms, share: share)
    }

    func contains(_ word: UInt32, _ vocabulary: Vocabulary) -> Bool {
        share > 0 && vocabulary.withBytes(Int(word)) { SeedDictionary.isHeldOut(Array($0), share: share) }
    }

    func dropLinks(of lines: inout EncodedLines, _ vocabulary: Vocabulary) {
        guard share > 0 else { return }
        for line in 0..<lines.lineCount {
            let start = lines.sourceRange(line).lowerBound
            for token in lines.targetRange(line) where lines.links[token] != EncodedLines.noLink {
                if contains(lines.source[start + Int(lines.links[token])], vocabulary) {
                    lines.links[token] = EncodedLines.noLink
                }
            }
        }
    }
}
