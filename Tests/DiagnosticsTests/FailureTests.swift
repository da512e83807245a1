import Diagnostics
import Glibc
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

    /// The message says what the number means; who must know it finds it beside.
    @Test func systemCallsLeaveTheirNumber() throws {
        let failure = Failure.system(.noInput, "open", "a.txt", SystemError(ENOENT), hint: "check the path")
        #expect(failure.message == "a.txt: cannot open: no such file or directory; check the path")
        #expect(failure.cause as? SystemError == SystemError(ENOENT))
        #expect(Failure.system(.inputOutput, "sync", "b", SystemError(EIO)).message.hasSuffix("(error 5)"))
    }
}
