import Diagnostics

extension Failure {
    static func noRows(of language: String, _ path: String) -> Failure {
        Failure(.mismatch, "\(path): has no rows of '\(language)'; name a language of the table with --lang")
    }

    static func damagedRow(_ path: String, row: Int) -> Failure {
        Failure(.badData, "\(path): the word of row \(row) is damaged; make the table again")
    }

    static func packageTooSmall(_ megabytes: Double, needed: Int) -> Failure {
        Failure(
            .usage,
            "--megabytes \(megabytes): the model without any word takes \(needed) bytes; give more, or fewer --buckets")
    }
}

/// Packages that are damaged, or are none.
extension Failure {
    static func noPackage(_ path: String) -> Failure {
        Failure(.badData, "\(path): is no package of a model; make one with 'nerpipe model package'")
    }

    static func badManifest(_ path: String, _ error: any Error) -> Failure {
        Failure(.badData, "\(path): is no manifest of a package; make the package again", cause: error)
    }

    static func otherPackage(_ path: String, _ format: Int) -> Failure {
        Failure(.badData, "\(path): has the package format \(format), this version reads 1; use a newer nerpipe")
    }

    static func memberDiffers(_ path: String, _ name: String, _ what: String) -> Failure {
        Failure(.badData, "\(path): '\(name.prefix(100))': \(what); get the package again from where it came from")
    }
}
