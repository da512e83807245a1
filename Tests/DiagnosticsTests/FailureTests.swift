import Diagnostics
import Testing

@Suite struct FailureTests {
    /// Parts of a message come from files: they must not end the line, move the cursor, or flood the terminal.
    @Test(arguments: [
        ("plain \u{E9} \u{4F60}", "plain \u{E9} \u{4F60}"), ("two\nlines\r\n", "two lines  "),
        ("\u{1B}[2Jred\u{7}", " [2Jred "),
        ("right\u{202E}left\u{2028}", "right left "),
    ])
    func messagesAreOneLineOfText(_ given: String, _ expected: String) {
        #expect(Failure(.badData, given).message == expected)
    }

    @Test func longMessagesAreCut() {
        #expect(Failure(.badData, String(repeating: "x", count: 100_000)).message.count == 4004)
    }
}
