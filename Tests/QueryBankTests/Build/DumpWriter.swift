/// Writes pages as MediaWiki's export does (schema 0.11).
enum DumpWriter {
    static let header = """
        <mediawiki xmlns="http://www.mediawiki.org/xml/export-0.11/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" \
        xsi:schemaLocation="http://www.mediawiki.org/xml/export-0.11/ http://www.mediawiki.org/xml/export-0.11.xsd" \
        version="0.11" xml:lang="en">
          <siteinfo>
            <sitename>Wikipedia</sitename>
            <dbname>enwiki</dbname>
            <case>first-letter</case>
            <namespaces><namespace key="0" case="first-letter" /><namespace key="1" case="first-letter">Talk</namespace></namespaces>
          </siteinfo>

        """

    static func page(title: String, namespace: Int = 0, redirect: String? = nil, text: String) -> String {
        """
          <page>
            <title>\(escape(title))</title>
            <ns>\(namespace)</ns>
            <id>\(title.utf8.count)</id>
        \(redirect.map { "    <redirect title=\"\(escape($0))\" />\n" } ?? "")    <revision>
              <id>1</id>
              <timestamp>2024-01-01T00:00:00Z</timestamp>
              <contributor><username>A &lt;page&gt; writer</username><id>7</id></contributor>
              <model>wikitext</model>
              <format>text/x-wiki</format>
              <text bytes="\(text.utf8.count)" sha1="phoiac9h4m842xq45sp7s6u21eteeq1" xml:space="preserve">\(escape(text))</text>
              <sha1>phoiac9h4m842xq45sp7s6u21eteeq1</sha1>
            </revision>
          </page>

        """
    }

    static func escape(_ text: String) -> String {
        var escaped = ""
        for character in text {
            switch character {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            default: escaped.append(character)
            }
        }
        return escaped
    }
}
