import ProgramTesting
import Testing

/// Labelled files whose columns stand in another order.
@Suite struct GoldColumnsTests {
    /// The development data is read by the same options as what is learnt from: the same epoch is chosen.
    @Test func developmentDataHasTheColumnsOfTheTrainingData() async throws {
        let folder = try await Fixture.folder()
        let made = try await folder.shell(
            """
            set -e
            for file in train gold; do awk 'NF { print "x", $NF, $1, "y"; next } { print }' $file.conll > $file.columns; done
            options="-q --vectors v.vectors --lang xx --epochs 2 --batch-tokens 60 \(Fixture.network.joined(separator: " "))"
            nerpipe train train.conll --dev gold.conll $options -o plain
            nerpipe train train.columns --dev gold.columns --token-column 3 --tag-column 2 $options -o other
            """)
        #expect(made.status == 0, "\(made.errors)")
        #expect(try folder.read("plain/model.safetensors") == folder.read("other/model.safetensors"))
    }
}
