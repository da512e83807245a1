/// Running text: a line is a paragraph, a file a document. What nothing else is certain of.
package struct PlainText: TextFormat {
    package let name = "text"
    package let title = "text"
    package let endings = [String]()
    package let readsAnything = true
    package let family = TextFamily.text
    package let isLabelled = false

    package init() {}

    package func isCertain(_ sample: TextSample, _ request: ReadingRequest) -> Bool { false }

    package func reading(of sample: TextSample, _ request: ReadingRequest) throws -> TextReading {
        TextReading(self, .paragraphs)
    }
}
