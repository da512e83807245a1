import ProgramTesting
import Testing

/// `model package`: a model that tags by itself, as a folder and in one file.
struct ModelPackageTests {
    @Test func itTagsWithoutItsTableAndTheSameInBothForms() async throws {
        let folder = try await Fixture.folder()
        let outcome = try await folder.shell(
            """
            set -e
            nerpipe tag -q --model student --lang yy text.txt > before
            nerpipe model package -q student --lang yy --row-format f16 -o p.nerpipe
            nerpipe model package -q student --lang yy --row-format f16 -o folder
            mkdir elsewhere && mv p.nerpipe folder elsewhere && rm -r v.vectors student
            nerpipe tag -q --model elsewhere/p.nerpipe text.txt | cmp - before
            nerpipe tag -q --model elsewhere/folder text.txt | cmp - before
            nerpipe model verify elsewhere/p.nerpipe
            nerpipe model verify elsewhere/folder
            python3 -m zipfile -e elsewhere/p.nerpipe out
            for name in config.json model.safetensors words.vectors; do cmp out/$name elsewhere/folder/$name; done
            nerpipe model card elsewhere/p.nerpipe | head -2
            nerpipe tokenize -q --lang yy text.txt | nerpipe embed -q --vectors elsewhere/p.nerpipe/words.vectors \\
              | nerpipe score -q --teacher elsewhere/p.nerpipe -o s.zst
            nerpipe shard info s.zst | grep -c tokens
            """)
        #expect(outcome.status == 0, "\(outcome.errors)\(outcome.text)")
        #expect(outcome.text.contains("elsewhere/p.nerpipe: ok, yy") && outcome.text.contains("language: \"yy\""))
    }

    @Test func theCardSaysWhatItCosts() async throws {
        let folder = try await Fixture.folder()
        _ = try await folder.expectSuccess(
            "model package student --lang yy --rows 20 --gold gold.conll --license cc-by-4.0 --name tiny -o p.nerpipe")
        let card = try await folder.expectSuccess("model card p.nerpipe").text
        #expect(
            card.contains("license: \"cc-by-4.0\"") && card.contains("- name: \"tiny\"") && card.contains("- type: f1"))
        #expect(card.contains("With the whole table the same model has F1"))
        #expect(!card.contains("v.vectors"), "a path of the machine where it was made: \(card)")
    }

    @Test func damageIsNoticed() async throws {
        let folder = try await Fixture.folder()
        _ = try await folder.expectSuccess("model package -q student --lang yy -o p.nerpipe")
        let outcome = try await folder.shell(
            """
            size=$(stat -c %s p.nerpipe)
            for place in 400 3000 $((size / 2)) $((size - 3000)); do
              cp p.nerpipe d.nerpipe
              printf '\\377\\001\\376' | dd of=d.nerpipe bs=1 seek=$place conv=notrunc status=none
              cmp -s p.nerpipe d.nerpipe || { nerpipe model verify d.nerpipe > /dev/null 2>&1; echo $?; }
            done
            """)
        #expect(!outcome.text.isEmpty)
        #expect(outcome.text.split(separator: "\n").allSatisfy { $0 == "65" || $0 == "66" }, "\(outcome.text)")
    }

    @Test func whatIsThereIsNotReplaced() async throws {
        let folder = try await Fixture.folder()
        _ = try await folder.expectSuccess("model package -q student --lang yy -o p.nerpipe")
        try await folder.expectFailure(
            "model package -q student --lang yy --rows 5 -o p.nerpipe", 73, "p.nerpipe: *")
    }
}
