package import ArgumentParser

extension NameSpecification {
    /// The long name, and a short one to which its value may be joined: `-j4`, `-ofile`.
    package static func joinable(_ short: Character) -> NameSpecification {
        [.customShort(short, allowingJoined: true), .long]
    }
}
