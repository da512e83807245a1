import Testing
import sample_world

struct RandomTests {
    @Test func followsThePublishedGenerator() {
        // The first outputs of xoshiro256** from state 1, 2, 3, 4, by hand from its definition:
        // rotl(2 * 5, 7) * 9 = 11520, then s1 = 0 gives 0.
        var random = Random(state: (1, 2, 3, 4))
        #expect(random.next() == 11520)
        #expect(random.next() == 0)
        #expect(random.next() == 1_509_978_240)
        #expect(random.next() == 1_215_971_899_390_074_240)
    }

    @Test func labelsAndSeedsGiveDifferentStreams() {
        var streams = [
            Random(seed: 7, label: "a"), Random(seed: 7, label: "b"), Random(seed: 8, label: "a"),
        ]
        let first = streams.indices.map { streams[$0].next() }
        #expect(Set(first).count == 3)
        var again = Random(seed: 7, label: "a")
        #expect(again.next() == first[0])
    }

    @Test func numbersBelowABoundCoverItEvenly() {
        var random = Random(seed: 1, label: "even")
        var counts = [Int](repeating: 0, count: 7)
        for _ in 0..<7000 { counts[random.below(7)] += 1 }
        #expect(counts.allSatisfy { $0 > 880 && $0 < 1120 }, "\(counts)")
    }

    @Test func gaussianHasUnitDeviationAndNoMean() {
        var random = Random(seed: 1, label: "normal")
        let values = (0..<20000).map { _ in Double(random.gaussian()) / 65536 }
        let mean = values.reduce(0, +) / 20000
        let variance = values.reduce(0) { $0 + $1 * $1 } / 20000
        #expect(abs(mean) < 0.03)
        #expect(abs(variance - 1) < 0.04)
    }

    @Test func weightsOfZeroAreNeverPicked() {
        var random = Random(seed: 1, label: "weights")
        for _ in 0..<500 { #expect([1, 3].contains(random.index(weights: [0, 5, 0, 1]))) }
    }
}

struct SHA256Tests {
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
    ])
    func agreesWithTheStandardsExamples(text: String, digest: String) {
        #expect(SHA256.hexadecimal(of: Array(text.utf8)) == digest)
    }
}
