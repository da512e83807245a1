import ProgramTesting
import Testing

/// `report`: runs as a page that needs nothing else.
struct ReportTests {
    @Test func aPageOfRecordsAlone() async throws {
        let folder = try await Fixture.folder()
        let outcome = try await folder.shell(
            """
            set -e
            nerpipe distill -q text.txt --lang yy --source xx=train.conll --vectors v.vectors --gold gold.conll -o one
            nerpipe distill -q text.txt --lang yy --source xx=train.conll --vectors v.vectors --gold gold.conll --seed 2 -o two
            nerpipe report one -o one.html
            nerpipe report one -o again.html && cmp one.html again.html
            nerpipe report one two -o both.html
            nerpipe report student -o student.html
            ! grep -E 'https?://|src=|@import|<link' one.html both.html student.html
            """)
        #expect(outcome.status == 0, "\(outcome.errors)\(outcome.text)")
        let page = try folder.text("one.html"), both = try folder.text("both.html")
        for part in ["<svg", "loss by epoch", "<h2>Phases</h2>", "<h2>Recipe</h2>", "teacher-1", "gold.conll"] {
            #expect(page.contains(part), "\(part)")
        }
        #expect(both.contains("less the first") && both.contains("two-sided (paired bootstrap over sentences)"))
        // Well-formed: every element that is opened is closed.
        for tag in ["table", "section", "svg", "tr", "td", "code", "main", "body", "html"] {
            #expect(
                page.components(of: "<\(tag)>") + page.components(of: "<\(tag) ") == page.components(of: "</\(tag)>"),
                "\(tag)")
        }
    }

    @Test func whatShouldMakeSomebodyLook() async throws {
        let folder = try await Fixture.folder()
        let outcome = try await folder.shell(
            """
            nerpipe report --check student > calm; echo status $?
            sed -i 's/"predictedEntityTokens" : [0-9]*/"predictedEntityTokens" : 0/' student/run.json
            nerpipe report --check student; echo status $?
            mkdir empty; nerpipe report --check empty; echo status $?
            nerpipe report student; echo status $?
            """)
        #expect(
            outcome.text.contains(
                "no token is labelled as an entity in the last epoch\nstatus 1\nstatus 66\nstatus 64\n"),
            "\(outcome.text)\(outcome.errors)")
    }
}

extension String {
    fileprivate func components(of part: String) -> Int { ranges(of: part).count }
}
