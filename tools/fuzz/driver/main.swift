// The program that libFuzzer runs. NERPIPE_FUZZ_TARGET names the parser; the arguments are libFuzzer's.
import FuzzTargets
import Glibc

@_silgen_name("LLVMFuzzerRunDriver")
func runDriver(
    _ count: UnsafeMutablePointer<Int32>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ body: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32
) -> Int32

enum Chosen {
    static let target: FuzzTarget = {
        let name = getenv("NERPIPE_FUZZ_TARGET").map { String(cString: $0) } ?? ""
        guard let target = FuzzTarget(rawValue: name) else {
            let names = FuzzTarget.allCases.map(\.rawValue).joined(separator: " ")
            fatalError("NERPIPE_FUZZ_TARGET '\(name)' is none of \(names)")
        }
        return target
    }()
}

var arguments = CommandLine.unsafeArgv
var count = CommandLine.argc
exit(
    runDriver(&count, &arguments) { bytes, count in
        do {
            try Chosen.target.run(Array(UnsafeBufferPointer(start: bytes, count: count)))
        } catch {
            fatalError("\(Chosen.target.rawValue): \(error)")
        }
        return 0
    })
