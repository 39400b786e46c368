import TestSupport
import Testing

@testable import Crawler

@Suite struct PageReaderTests {
    private func read(_ html: String, at address: String = "http://h.test/dir/page.html") throws -> Page {
        let url = try #require(WebURL(address))
        return PageReader().read(Array(html.utf8), contentType: "text/html; charset=utf-8", url: url)
    }

    /// The offers of a page as "path: source=text | source=text".
    private func offers(_ html: String) throws -> [String] {
        try read(html).offers.map { offer in
            let texts = offer.texts.map { "\($0.source.rawValue)=\($0.text)" }
            return offer.url.target + ": " + texts.joined(separator: " | ")
        }
    }

    @Test(arguments: [
        // Attributes of the picture, best first.
        ("<img title='Old fox' alt='A vixen' src=a.jpg>", ["/dir/a.jpg: alt=A vixen | title=Old fox"]),
        ("<base href='/x/'><img alt=Cat src=a.jpg>", ["/x/a.jpg: alt=Cat"]),
        ("<img alt=Cat src=\" a b.jpg\n\">", ["/dir/a%20b.jpg: alt=Cat"]),
        // Lazy loading and responsive pictures.
        ("<img alt=Cat src=data:image/gif;base64,R0 data-src=b.jpg>", ["/dir/b.jpg: alt=Cat"]),
        ("<img alt=Cat src=a.jpg srcset='b.jpg 2x'>", ["/dir/b.jpg: alt=Cat"]),
        ("<img alt=Cat src=p.gif data-srcset='s.jpg 10w, l.jpg 900w'>", ["/dir/l.jpg: alt=Cat"]),
        (
            "<picture><source type=image/avif srcset=a.avif><source srcset='b.webp 1x'><img alt=Cat></picture>",
            ["/dir/b.webp: alt=Cat"]
        ),
        (
            "<img src=data:image/gif;base64,R0 alt=Cat><noscript><img src=n.jpg alt=Cat></noscript>",
            ["/dir/n.jpg: alt=Cat"]
        ),
        // Captions and links.
        (
            "<figure><img alt=Cat src=a.jpg><figcaption>A <b>black</b> cat<br>asleep</figcaption></figure><img src=z.jpg>",
            ["/dir/a.jpg: alt=Cat | figcaption=A black cat asleep", "/dir/z.jpg: "]
        ),
        (
            "<div class=mediaobject><img src=a.jpg><div class='small caption'><p>A <i>black</i> cat</p><p>asleep</p>"
                + "</div></div><img src=z.jpg>",
            ["/dir/a.jpg: figcaption=A black cat asleep", "/dir/z.jpg: "]
        ),
        (
            "<div class='wp-caption'><a href=b.jpg><img src=a.jpg></a><p class=wp-caption-text>A lynx</p></div>",
            ["/dir/a.jpg: figcaption=A lynx", "/dir/b.jpg: figcaption=A lynx"]
        ),
        ("<a href=p.html>See the <img src=a.jpg> river</a>", ["/dir/a.jpg: link_text=See the river"]),
        (
            "<a href=big.jpg><img src=s.jpg alt='A river'></a>",
            ["/dir/s.jpg: alt=A river", "/dir/big.jpg: alt=A river"]
        ),
        ("<a href=big.jpg>Photo of a lynx</a>", ["/dir/big.jpg: link_text=Photo of a lynx"]),
        ("<h2>The lynx</h2><p><img src=a.jpg></p>", ["/dir/a.jpg: heading=The lynx"]),
        ("<h2>1.2. The lynx¶</h2><p><img src=a.jpg>", ["/dir/a.jpg: heading=1.2. The lynx"]),
        // What stands around the page's furniture is not about it, and a heading that any page has about nothing.
        ("<h2>The lynx</h2><a href=n.html>Further <img src=n.png alt=Next> on</a>", ["/dir/n.png: "]),
        (
            "<h2>The lynx</h2><img src=n.png alt='»'><img src=help-icon.png>",
            ["/dir/n.png: ", "/dir/help-icon.png: "]
        ),
        ("<h2>The lynx</h2><img src=n.png alt='[image of music]'>", ["/dir/n.png: heading=The lynx"]),
        ("<h2>3.1. Options</h2><img src=a.png>", ["/dir/a.png: "]),
        // Cards and linked data.
        (
            "<meta property=og:image content=/o.jpg><meta property=og:image:alt content='A lynx'>"
                + "<meta property=og:description content='All about lynxes'>",
            ["/o.jpg: og_image_alt=A lynx | og_description=All about lynxes"]
        ),
        (
            "<meta name=twitter:image content=/t.jpg><meta name=twitter:description content='On lynxes'>",
            ["/t.jpg: twitter_description=On lynxes"]
        ),
        (
            "<script type='application/ld+json'>{\"@type\":\"ImageObject\",\"contentUrl\":\"/j.jpg\",\"caption\":\"A hare\"}</script>",
            ["/j.jpg: json_ld=A hare"]
        ),
        (
            "<script type='application/ld+json'>[{\"@type\":\"Recipe\",\"name\":\"Hare pie\",\"image\":[\"/1.jpg\",\"/2.jpg\"]}]</script>",
            ["/1.jpg: json_ld=Hare pie", "/2.jpg: json_ld=Hare pie"]
        ),
        ("<script type='application/ld+json'>{\"@type\":</script>", []),
        // One address, several places: one offer, texts by rank, each once.
        (
            "<img src=a.jpg title=Fox><img src=./a.jpg alt=Vixen><img src=a.jpg#x alt=Vixen>",
            ["/dir/a.jpg: alt=Vixen | title=Fox"]
        ),
        // Left out before anything is asked for.
        ("<img src=a.jpg alt=Cat width=32><img src=b.jpg alt=Cat width=900 height=100>", []),
        ("<img src=a.svg alt=Cat><img src=ftp://h/a.jpg alt=Cat><img alt=Cat>", []),
        ("<img src=a.jpg alt=Cat width='100%' height=auto>", ["/dir/a.jpg: alt=Cat"]),
    ])
    func offersOfAPage(_ html: String, expected: [String]) throws {
        #expect(try offers(html) == expected)
    }

    @Test func linkedDataThatIsNoneIsCounted() throws {
        let script = "<script type='application/ld+json'>"
        let page = try read(
            "\(script){\"@type\":</script>\(script){'a': 1}</script>\(script) \n</script>\(script)[]</script>"
        )
        #expect(page.drops == [.pageLinkedData: 2])
        #expect(try read("<script>{</script>").drops.isEmpty)
    }

    @Test func linksAreResolvedOnceAndInOrder() throws {
        let page = try read(
            """
            <a href=b.html>x</a><a href="./b.html#frag">y</a><a href="#top">z</a><area href=/map>
            <iframe src=frame.html></iframe><a rel="nofollow ugc" href=n.html>n</a><a href=doc.pdf>d</a>
            <a href="mailto:a@b">m</a><a href="javascript:x()">j</a><a href="http://other.test/">o</a>
            """)
        #expect(
            page.links.map(\.queued.url) == [
                "http://h.test/dir/b.html", "http://h.test/map", "http://h.test/dir/frame.html",
                "http://other.test/",
            ])
        #expect(page.drops == [.linkNofollow: 1, .linkNotPage: 1, .linkUnusable: 2])
    }

    @Test func repeatedTextsAreBoilerplate() throws {
        let five = (0..<5).map { "<img alt='Our shop' src=\($0).jpg>" }.joined()
        #expect(try read(five).offers.allSatisfy(\.texts.isEmpty))
        let four = (0..<4).map { "<img alt='Our shop' src=\($0).jpg>" }.joined()
        #expect(try read(four).offers.allSatisfy { $0.texts.count == 1 })
    }

    @Test func languageLicenceAndMetas() throws {
        let page = try read(
            """
            <html lang="pt-BR"><meta name="ROBOTS" content="noai"><p>
            <a href="https://creativecommons.org/licenses/by/4.0/">CC</a><a rel=license href="/terms">t</a>
            """)
        #expect(page.language == "pt-BR")
        #expect(page.licence == "https://creativecommons.org/licenses/by/4.0/")
        #expect(page.metas.map(\.name) == ["robots"])
    }

    /// Browsers stop nesting there too; what is deeper is read all the same, and in little time.
    @Test(.timeLimit(.minutes(1))) func deepMarkupIsRead() throws {
        let depth = 200_000
        let html =
            "<img alt=Cat src=a.jpg>" + String(repeating: "<div><figure><b>", count: depth)
            + "<img alt=Dog src=b.jpg>" + String(repeating: "</x></figure></div>", count: depth)
            + "<img alt=Fox src=c.jpg>"
        #expect(try read(html).offers.map(\.url.target) == ["/dir/a.jpg", "/dir/b.jpg", "/dir/c.jpg"])
    }

    @Test func offersAreBounded() throws {
        let html = (0..<6_000).map { "<img src=\($0).jpg alt='Number \($0) of a cat'><a href=\($0)>" }
            .joined()
        let page = try read(html)
        #expect(page.offers.count == PageLimits().images)
        #expect(page.drops[.pairBeyondPageLimit] == 6_000 - PageLimits().images)
    }

    /// Chopped and shuffled markup: nothing crashes, and reading twice gives the same.
    @Test func hostileMarkupIsRead() throws {
        let pieces = [
            "<img src=a.jpg alt='", "'>", "<a href=", "<figure>", "</figure>", "<figcaption>", "</a>",
            "\u{0}", "&#x0;",
            "&#99999999;", "<script type='application/ld+json'>", "</script>", "<!--", "-->", "<![CDATA[",
            "]]>", "é",
            "<base href='//[::1'>", "<meta name=robots content=", "<", ">", "\"", "<picture>",
            "<source srcset=','>",
            "<title>", "<plaintext>", "<svg><image href=x.png></svg>", "<table><td>", "<frameset>", "<h1>",
            "</h2>",
        ]
        var random = SeededGenerator(seed: 11)
        for _ in 0..<400 {
            let html = (0..<Int.random(in: 1...60, using: &random)).map { _ in
                pieces.randomElement(using: &random) ?? ""
            }.joined()
            let first = try read(html)
            let second = try read(html)
            #expect(first.links == second.links)
            #expect(first.offers.map(\.texts) == second.offers.map(\.texts))
        }
    }
}
