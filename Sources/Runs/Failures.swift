import Diagnostics

extension Failure {
    static func damagedRecord(_ path: String) -> Failure {
        Failure(.badData, "\(path): damaged; say --fresh to start over")
    }

    static func otherForm(_ path: String) -> Failure {
        Failure(
            .mismatch,
            "\(path): another version of nerpipe wrote it, which this one cannot continue; start over with --fresh, or continue with that version"
        )
    }

    static func anotherRun(_ refusal: String) -> Failure { Failure(.mismatch, refusal) }

    static func otherKernels(_ path: String, found: String, here: String) -> Failure {
        Failure(
            .mismatch,
            "\(path): computed with the kernels \(found), this process uses \(here); "
                + "choose the same with NERPIPE_KERNELS on a CPU that has them, start over with --fresh, or say "
                + "--accept-other-kernels to continue: the bytes will differ from those of a run with one kind")
    }

    static func allCheckpointsDamaged(_ path: String, count: Int) -> Failure {
        Failure(.badData, "\(path): all \(count) checkpoints are damaged; start over with --fresh")
    }

    static func noWorkFolder(_ path: String, of kind: String, stranger: String) -> Failure {
        Failure(
            .cannotCreate, "\(path): is no work folder of '\(kind)', \(stranger) is in it; name another output")
    }
}
