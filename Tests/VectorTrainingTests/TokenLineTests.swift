import Testing
import WordAlignment

@testable import VectorTraining

struct TokenLineTests {
    private func line(_ sentences: [[String]]) -> TokenLine {
        var line = TokenLine()
        for sentence in sentences {
            for (index, token) in sentence.enumerated() {
                Array(token.utf8).withUnsafeBufferPointer { line.append($0, startsSentence: index == 0) }
            }
        }
        line.markCase()
        return line
    }

    private func forms(_ line: TokenLine) -> [String] {
        (0..<line.count).map { String(decoding: line.forms[line.range($0)], as: UTF8.self) }
    }

    @Test func capitalizationIsThatOfTheFirstLetter() {
        let line = line([["Über", "iPhone", "NATO", "A", "ẞtraße", "'Tis", "42", "d'Or", "東京", "ЕС"]])
        #expect(forms(line) == ["über", "iphone", "nato", "a", "ßtraße", "'tis", "42", "d'or", "東京", "ес"])
        let cased = line.marks.map { $0.contains(.upper) ? "u" : $0.contains(.capitalized) ? "c" : "-" }
        #expect(cased == ["c", "-", "u", "c", "c", "c", "-", "-", "-", "u"])
        #expect(
            line.marks.map { $0.contains(.startsWithLetter) } == [
                true, true, true, true, true, false, false, true, true, true,
            ])
        #expect(
            line.marks.map { $0.contains(.hasLetter) } == [true, true, true, true, true, true, false, true, true, true])
    }

    @Test func onlyCapitalsInTheMiddleOfRunningTextTell() {
        // The first word, a word after a quotation mark and words of a headline say nothing.
        let line = line([["The", "Mayor", "said", "\"", "We", "see"], ["WAR", "ENDS", "in", "PARIS", "TODAY"]])
        let telling = forms(line).indices.filter { line.marks[$0].contains(.tellsCase) }.map { forms(line)[$0] }
        #expect(telling == ["mayor", "said", "\"", "see"])
    }

    @Test func tokensLongerThanAnyWordAreLeftOut() {
        let line = line([[String(repeating: "x", count: 257), "First", String(repeating: "é", count: 128)]])
        #expect(forms(line) == ["first", String(repeating: "é", count: 128)])
        #expect(line.marks[0].contains(.sentenceStart) && !line.marks[1].contains(.sentenceStart))
    }
}
