import Crawler
import Testing

struct OptOutTests {
    @Test(
        arguments: [
            ("X-Robots-Tag", "noindex, NOAI", [.noindex, .noai]),
            ("x-robots-tag", "none", [.noindex, .nofollow]),
            ("X-Robots-Tag", "noimageai,noimageindex , nofollow", [.noimageai, .noimageindex, .nofollow]),
            ("X-Robots-Tag", "otherbot: noindex, noai", []),
            ("X-Robots-Tag", "WIT: noindex, nofollow", [.noindex, .nofollow]),
            ("X-Robots-Tag", "otherbot: noindex, wit: noai", [.noai]),
            ("X-Robots-Tag", "unavailable_after: 25 Jun 2010 15:00:00 PST, noai", [.noai]),
            ("X-Robots-Tag", "max-image-preview: large, noindex", [.noindex]),
            ("X-Robots-Tag", "all, index, follow", []),
            ("X-Robots-Tag", "*: noindex", [.noindex]), ("TDM-Reservation", " 1 ", [.tdmReservation]),
            ("tdm-reservation", "0", []), ("tdm-reservation", "11", []),
            ("Content-Usage", "train-ai=n", [.contentUsage]),
            ("Content-Usage", "train-ai=y, search=n", []),
            ("Content-Signal", "search=yes,ai-train=no", [.contentSignal]),
            ("X-Other", "noindex", []), ("X-Robots-Tag", "", []), ("X-Robots-Tag", ":,,:,", []),
        ] as [(String, String, Set<OptOut>)])
    func headers(_ name: String, _ value: String, _ expected: Set<OptOut>) {
        #expect(
            OptOuts(headers: [("Content-Type", "text/html"), (name, value)], agent: "wit/0.1").reasons
                == expected)
    }

    @Test(
        arguments: [
            ("robots", "noindex,nofollow", [.noindex, .nofollow]),
            ("ROBOTS", "NoAI, NoImageAI", [.noai, .noimageai]),
            ("wit", "noai", [.noai]), ("googlebot", "noindex", []),
            ("tdm-reservation", "1", [.tdmReservation]),
            ("description", "noindex", []), ("robots", "noindexing", []),
        ] as [(String, String, Set<OptOut>)])
    func meta(_ name: String, _ content: String, _ expected: Set<OptOut>) {
        var optOuts = OptOuts()
        optOuts.add(metaName: name, content: content, agent: "wit")
        #expect(optOuts.reasons == expected)
    }

    @Test func whatTheyMean() {
        func optOuts(_ reasons: OptOut...) -> OptOuts {
            reasons.reduce(into: OptOuts()) { $0.insert($1) }
        }
        #expect(optOuts().againstPicture == nil)
        #expect(optOuts(.nofollow).againstPicture == nil)
        #expect(optOuts(.nofollow).againstLinks == .nofollow)
        #expect(optOuts(.noindex).againstLinks == nil)
        for reason in OptOut.allCases where reason != .nofollow {
            #expect(optOuts(reason).againstPicture == reason)
        }
        #expect(optOuts(.noindex, .noai).againstPicture == .noai)
    }

    @Test func namesAreStable() {
        #expect(
            OptOut.allCases.map(\.rawValue) == [
                "noindex", "noai", "noimageai", "noimageindex", "nofollow", "tdm_reservation",
                "content_signal",
                "content_usage", "robots_named_agent",
            ])
    }
}
