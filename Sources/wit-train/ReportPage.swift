import CLIPTrain

/// A page that needs nothing else: what a store holds, some of its pairs, and how training went.
struct ReportPage {
    /// One pair as a card.
    struct Card {
        let imageType: String
        let imageBase64: String
        let text: String
        let source: String
        let claimedBy: [String]
        let otherQueries: [String]
    }

    let title: String
    let facts: [(name: String, value: String)]
    /// The rank–count curve, an SVG document.
    let distribution: String
    let cards: [Card]
    let training: TrainingCurves?

    /// The whole document.
    var html: String {
        """
        <!DOCTYPE html>
        <html lang="en"><head><meta charset="utf-8"><title>\(Self.escape(title))</title>
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <style>\(Self.style)</style></head>
        <body><h1>\(Self.escape(title))</h1>
        \(Self.table(facts))
        <div class="rank">\(distribution)</div>
        <h2>Pairs</h2>
        <p class="key"><span class="claim">claims</span> queries that hold the pair under the cap ·
        <span class="match">matches</span> other queries its text contains</p>
        <div class="grid">
        \(cards.map(Self.figure).joined(separator: "\n"))
        </div>
        \(curves)
        </body></html>

        """
    }

    private var curves: String {
        training.map { "<h2>Training</h2>\n<div class=\"curves\">" + $0.html + "</div>" } ?? ""
    }

    private static func figure(_ card: Card) -> String {
        let chips =
            card.claimedBy.map { "<span class=\"claim\">\(escape($0))</span>" }
            + card.otherQueries.map { "<span class=\"match\">\(escape($0))</span>" }
        return """
            <figure><img loading="lazy" src="data:\(card.imageType);base64,\(card.imageBase64)" \
            alt="\(escape(card.text))"><figcaption>\(escape(card.text))</figcaption>\
            <p class="source">\(escape(card.source))</p><p>\(chips.joined(separator: " "))</p></figure>
            """
    }

    private static func table(_ rows: [(name: String, value: String)]) -> String {
        let cells = rows.map { "<dt>\(escape($0.name))</dt><dd>\(escape($0.value))</dd>" }
        return "<dl>" + cells.joined() + "</dl>"
    }

    /// Text made safe between tags and inside quoted attributes.
    static func escape(_ text: String) -> String {
        var safe = ""
        for character in text {
            switch character {
            case "&": safe += "&amp;"
            case "<": safe += "&lt;"
            case ">": safe += "&gt;"
            case "\"": safe += "&quot;"
            default: safe.append(character)
            }
        }
        return safe
    }

    private static let style = """
        :root { color-scheme: light dark; --line: #8884; --claim: #0a7d38; --match: #777; }
        body { font: 15px/1.45 system-ui, sans-serif; max-width: 76rem; margin: 2rem auto; padding: 0 1rem; }
        h1 { font-size: 1.6rem; } h2 { font-size: 1.2rem; margin-top: 2rem; }
        dl { display: flex; flex-wrap: wrap; gap: .4rem 2rem; margin: 1rem 0; }
        dt { color: var(--match); } dd { margin: 0 0 0 -1.6rem; font-weight: 600; }
        .grid { display: grid; grid-template-columns: repeat(auto-fill, minmax(11rem, 1fr)); gap: 1rem; }
        .grid figure { margin: 0; padding: .7rem; border: 1px solid var(--line); border-radius: .5rem; }
        .curves figure { display: inline-block; margin: 0 1rem 1rem 0; } th { text-align: left; padding-right: 1rem; }
        figure img { width: 100%; height: 8rem; object-fit: contain; background: #fff; border-radius: .3rem; }
        figcaption { margin: .4rem 0; } figure p { margin: .2rem 0; font-size: .8rem; }
        .source { color: var(--match); overflow-wrap: anywhere; }
        .claim, .match { display: inline-block; padding: 0 .45em; border-radius: 1em; border: 1px solid; }
        .claim { color: var(--claim); } .match { color: var(--match); }
        .rank svg { width: 40rem; }
        svg { max-width: 100%; background: #fafafa; color: #222; } svg text { fill: currentColor; }
        """
}
