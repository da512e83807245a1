/// Text as HTML, and the few elements that a report is made of.
package enum HTMLText {
    /// What a user wrote, with nothing in it that HTML reads.
    package static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "&": result += "&amp;"
            case "\"": result += "&quot;"
            case _ where scalar.value < 0x20 && scalar != "\n" && scalar != "\t": result += "\u{FFFD}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// A table; cells are HTML already.
    package static func table(_ head: [String], _ rows: [[String]]) -> String {
        func row(_ cells: [String], _ tag: String) -> String {
            "<tr>" + cells.map { "<\(tag)>\($0)</\(tag)>" }.joined() + "</tr>"
        }
        return "<table>\n<thead>\(row(head, "th"))</thead>\n<tbody>\n" + rows.map { row($0, "td") + "\n" }.joined()
            + "</tbody>\n</table>\n"
    }

    package static func section(_ title: String, _ content: String) -> String {
        content.isEmpty ? "" : "<section>\n<h2>\(escaped(title))</h2>\n\(content)</section>\n"
    }

    /// A whole page, without anything from elsewhere.
    package static func page(title: String, _ body: String) -> String {
        """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>\(escaped(title))</title>
        <style>\(style)</style>
        </head>
        <body>
        <main>
        <h1>\(escaped(title))</h1>
        \(body)</main>
        </body>
        </html>

        """
    }

    private static let style = """
        :root{color-scheme:light dark;--ink:#1a1c1e;--soft:#5b6168;--line:#d8dce0;--paper:#fff;--card:#f5f6f8;--one:#1f6feb;--two:#b35c00;--three:#2e7d32;--four:#7b3fb3;--five:#00838f;--six:#616161;--bad:#b3261e}
        @media(prefers-color-scheme:dark){:root{--ink:#e6e8ea;--soft:#9aa2aa;--line:#3a4047;--paper:#16181b;--card:#1f2327;--one:#6ea8fe;--two:#ffb870;--three:#81c784;--four:#c9a0ff;--five:#4dd0e1;--six:#bdbdbd;--bad:#ff8a80}}
        body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.5 system-ui,sans-serif}
        main{max-width:62rem;margin:0 auto;padding:1.5rem}h1{font-size:1.6rem}h2{font-size:1.15rem;margin:2rem 0 .6rem;border-bottom:1px solid var(--line)}h3{font-size:1rem;margin:1rem 0 .3rem}
        table{border-collapse:collapse;margin:.4rem 0 1.2rem;display:block;max-width:100%;overflow-x:auto;font-variant-numeric:tabular-nums}th,td{text-align:left;padding:.25rem .8rem .25rem 0;border-bottom:1px solid var(--line);vertical-align:top}th{color:var(--soft);font-weight:600}
        td code{overflow-wrap:break-word}code,pre{font:13px/1.45 ui-monospace,monospace;overflow-wrap:anywhere}pre{background:var(--card);padding:.8rem;white-space:pre-wrap}
        .tiles{display:flex;flex-wrap:wrap;gap:.8rem}.tile{background:var(--card);padding:.7rem 1rem;border-radius:.4rem;min-width:9rem}.tile b{display:block;font-size:1.5rem}.soft{color:var(--soft)}.charts>div{display:flex;flex-wrap:wrap;gap:0 1.5rem}.charts>div>div{max-width:28rem}
        .alarm{color:var(--bad);font-weight:600}svg{max-width:100%;height:auto}svg text{fill:var(--soft);font:11px system-ui,sans-serif}.axis{stroke:var(--line)}.s0{stroke:var(--one)}.s1{stroke:var(--two)}.s2{stroke:var(--three)}.s3{stroke:var(--four)}.s4{stroke:var(--five)}.s5{stroke:var(--six)}.f0{fill:var(--one)}.f1{fill:var(--two)}.f2{fill:var(--three)}.f3{fill:var(--four)}.f4{fill:var(--five)}.f5{fill:var(--six)}.fit{fill:none;stroke:var(--soft);stroke-dasharray:5 3}.mark{stroke:var(--bad);stroke-dasharray:3 3}.solid{fill:var(--one)}.heat td,.heat th{padding:.15rem .45rem;border:0}.heat td{print-color-adjust:exact;text-align:right}.hollow{fill:none;stroke:var(--soft)}
        @media print{body{font-size:12px}main{max-width:none;padding:0}h1,h2,h3{break-after:avoid}table{display:table}td code{overflow-wrap:anywhere}.charts>div>div{width:20rem}tr,svg,.charts>div>div,.tile{break-inside:avoid}}
        """
}
