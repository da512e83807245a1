package import ArgumentParser

/// What is an option of its own, though no property declares it: one of a list.
package protocol ListedOption: Sendable {
    associatedtype Value: Decodable & Sendable
    static var all: [Self] { get }
    /// Long name of its option.
    var optionName: String { get }
    func makeOption() -> Option<Value>
}

/// An option for each entry of a list.
///
/// The parser finds options by reflection and reads them by decoding; both go by the list here, so that its entries become
/// options without anybody writing them down a second time.
package struct ListedOptions<Entry: ListedOption>: ParsableArguments, CustomReflectable, Sendable {
    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    private var options: [(entry: Entry, option: Option<Entry.Value>)]

    package init() { options = Entry.all.map { ($0, $0.makeOption()) } }

    package init(from decoder: any Decoder) throws {
        self.init()
        let values = try decoder.container(keyedBy: Key.self)
        for index in options.indices {
            options[index].option = try values.decode(
                Option<Entry.Value>.self, forKey: Key(stringValue: options[index].entry.optionName))
        }
    }

    package var customMirror: Mirror {
        Mirror(self, children: options.map { (label: $0.entry.optionName, value: $0.option) })
    }

    package var values: [(entry: Entry, value: Entry.Value)] { options.map { ($0.entry, $0.option.wrappedValue) } }
}
