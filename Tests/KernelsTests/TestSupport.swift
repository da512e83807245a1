import Kernels
import Randomness
import Testing

/// The tests draw the same numbers everywhere.
struct SeededGenerator: RandomNumberGenerator {
    private var generator: SplitMix64

    init(seed: UInt64) { generator = SplitMix64(seed: seed) }

    mutating func next() -> UInt64 { generator.next() }
}

func randomFloats(_ count: Int, seed: UInt64, in range: ClosedRange<Float> = -1...1) -> [Float] {
    var generator = SeededGenerator(seed: seed)
    return (0..<count).map { _ in Float.random(in: range, using: &generator) }
}

/// Runs `body` on every path of this CPU, naming the path in every failure.
func onEveryPath(_ body: (KernelPath) throws -> Void) rethrows {
    for path in KernelPath.available { try path.run { try body(path) } }
}

/// The same with the instructions that this processor has beside those of a path, and without them.
func onEveryProcessor(_ body: (KernelPath) throws -> Void) rethrows {
    try onEveryPath(body)
    try KernelPath.withoutExtensions { try onEveryPath(body) }
}

/// Describes the first element further from the expected value than `absolute + relative * |expected|`; `nil` if none.
func firstDifference(
    _ found: some Collection<Float>, _ expected: [Double], absolute: Double, relative: Double = 0
) -> String? {
    if found.count != expected.count { return "count \(found.count), expected \(expected.count)" }
    for (index, (f, e)) in zip(found, expected).enumerated() {
        let agrees = e.isNaN ? f.isNaN : Double(f) == e || abs(Double(f) - e) <= absolute + relative * abs(e)
        if !agrees { return "element \(index): \(f), expected \(e)" }
    }
    return nil
}

/// An array surrounded by canaries and offset so that no vector is aligned; finds writes outside it.
final class GuardedFloats {
    private let storage: UnsafeMutablePointer<Float>
    private let count: Int
    private static let canary: Float = 12345.678
    private static let margin = 33

    init(_ values: [Float]) {
        count = values.count
        storage = .allocate(capacity: count + 2 * Self.margin)
        storage.initialize(repeating: Self.canary, count: count + 2 * Self.margin)
        for (index, value) in values.enumerated() { storage[Self.margin + index] = value }
    }

    deinit { storage.deallocate() }

    var pointer: UnsafeMutablePointer<Float> { storage + Self.margin }
    var values: [Float] { (0..<count).map { pointer[$0] } }
    var isIntact: Bool {
        (0..<Self.margin).allSatisfy {
            storage[$0] == Self.canary && storage[Self.margin + count + $0] == Self.canary
        }
    }
}
