import Corpora
import Testing
import UnicodeText

@Suite struct TokenNumbersTests {
    @Test func namesAreTakenApartAgain() {
        let positions = PositionFlags.names
        for (statistics, hasPositions, name) in [
            ([], false, "none"), (["a", "b"], false, "statistics"), ([], true, "positions"), (["a"], true, "all"),
        ] {
            let numbers = TokenNumbers(statistics: statistics, hasPositions: hasPositions)
            #expect(numbers.names == statistics + (hasPositions ? positions : []))
            #expect(TokenNumbers(names: numbers.names) == numbers)
            #expect(numbers.selectionName == name)
        }
        // Names that are not all of the flags, or not at the end, are statistics.
        #expect(!TokenNumbers(names: Array(positions.dropLast())).hasPositions)
        #expect(!TokenNumbers(names: positions + ["a"]).hasPositions)
    }

    /// Tokens of a sentence and their flags: s first token, h headline, c explained capital.
    @Test(arguments: [
        ("Rais Ruto alizuru Nairobi jana .", "sc - - - - -"),
        ("alizuru Nairobi jana", "s - -"),
        // All but one of six words with letters: more than 80 %. The full stop has no letter.
        ("RAIS RUTO AZURU JIJI LA kisumu .", "sh h h h h h h"),
        // Four of five are not more than 80 %.
        ("RAIS RUTO AZURU JIJI kisumu .", "s - - - - -"),
        ("Rais Ruto Azuru Jiji La Kisumu", "shc hc hc hc hc hc"),
        ("\" Habari , alisema", "s - - -"),
        ("Nairobi", "shc"), ("UN", "sh"), ("2 - 1", "s - -"),
        ("I saw A", "sc - -"), ("I", "shc"),
        // Scripts without case are never headlines, with or without a name in Latin letters.
        ("東京 は 日本 の 首都", "s - - - -"), ("محمد يلعب في Liverpool", "s - - -"), ("Иван живёт в МОСКВЕ", "sc - - -"),
        ("ΕΛΛΑΔΑ ΚΑΙ ΚΥΠΡΟΣ", "sh h h"),
    ])
    func flagsOfASentence(_ sentence: String, _ expected: String) {
        let tokens = sentence.split(separator: " ").map { token in
            Array(token.utf8).withUnsafeBufferPointer { Capitalization(of: $0) }
        }
        var flags: [UInt8] = []
        PositionFlags.append(of: tokens[...], to: &flags)
        let described = flags.map { value -> String in
            let flag = PositionFlags(rawValue: value)
            let text =
                (flag.contains(.sentenceStart) ? "s" : "") + (flag.contains(.headline) ? "h" : "")
                + (flag.contains(.explainedCapital) ? "c" : "")
            return text.isEmpty ? "-" : text
        }
        #expect(described.joined(separator: " ") == expected)
    }

    @Test func sentencesAreLookedAtOneByOne() {
        let tokens: [Capitalization] = [.lower, .capitalized, .capitalized, .upper]
        var flags: [UInt8] = []
        PositionFlags.append(of: tokens[..<1], to: &flags)
        PositionFlags.append(of: tokens[1..<1], to: &flags)
        PositionFlags.append(of: tokens[1...], to: &flags)
        #expect(flags == [1, 7, 6, 2])
    }
}
