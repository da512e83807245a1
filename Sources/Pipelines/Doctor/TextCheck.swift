import ArgumentParser
import Corpora
import Diagnostics
import Formats
import Locks
import Shards
package import Vectors

/// Text of a language, read through once: how much there is, what is twice, what of it a test has, what the vectors know of it, and whether it
/// looks like that language.
///
/// Memory: 8 bytes for each different sentence, of ``maximumSentenceCount``; further ones are not compared.
package struct TextCheck: Sendable {
    private static let maximumSentenceCount = 4_000_000
    /// Texts shorter than that teach little.
    private static let fewTokens = 20_000

    let name: String
    let paths: [String]
    let language: String
    let excluded: ExcludedSentences?
    let table: VectorTable?

    package init(_ name: String, paths: [String], language: String, gold: [String], table: VectorTable?) throws {
        (self.name, self.paths, self.language, self.table) = (name, paths.flatMap(Directory.expand), language, table)
        excluded = gold.isEmpty ? nil : try ExcludedSentences(paths: gold.flatMap(Directory.expand))
    }

    private struct Counts: Sendable {
        var tokens = 0, sentences = 0, repeated = 0, excluded = 0
        var seen: Set<UInt64> = []
        var coverage = Embedder.Coverage()
    }

    package func findings(in context: PipelineContext) async -> [Finding] {
        do {
            return try await read(in: context)
        } catch let failure as Failure where failure.code == .interrupted {
            return [Finding(.error, name, failure.message)]
        } catch {
            return [Finding(.error, name, LabelCheck.text(of: error))]
        }
    }

    private func read(in context: PipelineContext) async throws -> [Finding] {
        var arguments = try TokenizeArguments.parse([])
        arguments.lang = language
        arguments.bad.onError = .skip
        arguments.bad.maxErrors = 1_000_000_000
        let counts = Locked(Counts()), runner = context.makeRunner()
        let stream = try arguments.source(paths, in: context).start(runner)
        let embedder = try table.map { try Embedder(table: $0, features: []) }
        let code = try table?.ownCode(for: language) ?? language
        runner.forEach(stream, name: "read") { batch in
            let coverage = embedder?.embed(batch, language: code).1
            counts.withLock { counts in
                add(batch, to: &counts)
                if let coverage { counts.coverage += coverage }
            }
        }
        try await runner.run()
        return findings(of: counts.withLock { $0 })
    }

    private func add(_ batch: SentenceBatch, to counts: inout Counts) {
        counts.tokens += batch.tokenCount
        counts.sentences += batch.sentenceCount
        counts.excluded += excluded?.count(in: batch) ?? 0
        for sentence in 0..<batch.sentenceCount {
            let tokens = batch.tokens(ofSentence: sentence)
            guard let first = tokens.first, let last = tokens.last else { continue }
            let text = batch.text[
                batch.textRange(ofToken: first).lowerBound..<batch.textRange(ofToken: last).upperBound]
            let hash = Digest.xxh3(Array(text))
            if counts.seen.contains(hash) {
                counts.repeated += 1
            } else if counts.seen.count < Self.maximumSentenceCount {
                counts.seen.insert(hash)
            }
        }
    }

    private func findings(of counts: Counts) -> [Finding] {
        func percent(_ part: Int, of whole: Int) -> String {
            whole == 0 ? "0 %" : "\(Int((100 * Double(part) / Double(whole)).rounded())) %"
        }
        guard counts.tokens > 0 else {
            return [Finding(.error, name, "no word in \(paths.joined(separator: ", "))")]
        }
        var findings = [
            Finding(
                counts.tokens < Self.fewTokens ? .warning : .good, name,
                "\(counts.tokens) words in \(counts.sentences) sentences",
                advice: counts.tokens < Self.fewTokens
                    ? "more text helps; the target's side of sentence pairs is text as well (cut -f2)" : "")
        ]
        if counts.repeated * 10 > counts.sentences {
            findings.append(
                Finding(
                    .warning, name,
                    "\(percent(counts.repeated, of: counts.sentences)) of the sentences are there twice or more",
                    advice: "leave repetitions out: they teach nothing and count as much"))
        }
        if counts.excluded > 0 {
            findings.append(
                Finding(
                    .note, name, "\(counts.excluded) sentences stand in --gold",
                    advice: "'distill' leaves them out; elsewhere, 'nerpipe exclude' does"))
        }
        if table != nil {
            let known = counts.coverage
            let what =
                "the vectors have \(percent(known.found, of: known.tokenCount)) of its words, compose \(percent(known.composed, of: known.tokenCount)) and know nothing of \(percent(known.absent, of: known.tokenCount))"
            let isBad = 2 * known.absent > known.tokenCount, isPoor = 5 * known.absent > known.tokenCount
            findings.append(
                Finding(
                    isBad ? .error : isPoor ? .warning : .good, name, what,
                    advice: isPoor
                        ? "is it the language that was named, and does the table have it? vectors trained on this text would know its words"
                        : ""))
        }
        return findings
    }
}
