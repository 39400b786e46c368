/// Work that is in memory, by site, and what has to be loaded: a bounded window on the frontier's queues. It does no
/// I/O; its owner loads.
struct Backlog {
    /// What a turn is used for.
    enum Job: Sendable {
        case page(PageTask)
        case image(ImageJob)
    }

    /// A request to load more tasks of a host.
    struct Load: Sendable {
        let host: WaitingHost
        let pages: Int
        let images: Int
    }

    private struct Entry {
        let site: Site
        /// The frontier's number; nil for a site that only redirects of pictures led to.
        var host: Int64?
        var pages = Fifo<PageTask>()
        var images = Fifo<ImageJob>()
        var isLoading = false
        /// How many tasks of a kind are loaded at once: more after each full slice, for a host that is asked on and on.
        var sliceSize = Backlog.sliceSize
        /// The frontier may have more.
        var hasMorePages = false
        var hasMoreImages = false
        /// Jobs that are being worked on.
        var busy = 0
        var lastWasPage = false

        var isIdle: Bool {
            pages.isEmpty && images.isEmpty && !isLoading && busy == 0 && !hasMorePages && !hasMoreImages
        }
    }

    /// Tasks of one kind that are loaded for one host the first time.
    static let sliceSize = 48
    /// The most at a time. The frontier passes over all that are handed out, so small slices of many cost it dearly.
    private static let maxSliceSize = 768
    /// With so many jobs in memory, or asked for, slices are no longer than the first.
    private static let manyJobs = 20_000
    /// More are loaded when so few are left.
    static let lowWater = 16
    /// Hosts that are in memory at once; others wait in the frontier.
    static let maxSites = 1_000

    /// Pages are no longer asked for.
    private(set) var areClosedForPages = false
    private var entries: [String: Entry] = [:]
    private var origins: [Int64: String] = [:]
    private var hungry: Set<String> = []
    private(set) var jobs = 0
    /// Tasks that loads under way may bring.
    private var loading = 0

    /// Sites in memory.
    var siteCount: Int { entries.count }
    /// More hosts may be opened.
    var hasRoom: Bool { entries.count < Self.maxSites }

    // MARK: Loading

    /// Begins with a host that has work.
    mutating func open(_ host: WaitingHost) {
        guard let url = WebURL(host.origin + "/") else { return }
        entries[host.origin, default: Entry(site: Site(url))].host = host.id
        origins[host.id] = host.origin
        entries[host.origin]?.hasMorePages = true
        entries[host.origin]?.hasMoreImages = true
        hungry.insert(host.origin)
    }

    /// The loads that are due now; each must be answered with `loaded`.
    mutating func takeLoads() -> [Load] {
        guard !hungry.isEmpty else { return [] }
        var loads: [Load] = []
        for origin in hungry {
            guard let entry = entries[origin], let host = entry.host, !entry.isLoading else { continue }
            let (pages, images) = wants(entry)
            guard pages || images else { continue }
            entries[origin]?.isLoading = true
            if pages { entries[origin]?.hasMorePages = false }
            if images { entries[origin]?.hasMoreImages = false }
            let size = jobs + loading < Self.manyJobs ? entry.sliceSize : Self.sliceSize
            let load = Load(
                host: WaitingHost(id: host, origin: origin), pages: pages ? size : 0,
                images: images ? size : 0)
            loading += load.pages + load.images
            loads.append(load)
        }
        hungry.removeAll()
        return loads
    }

    /// Takes in what was loaded; gives the site and how many jobs were added.
    mutating func loaded(_ load: Load, _ pages: [PageTask], _ images: [ImageJob]) -> (site: Site, count: Int)?
    {
        loading -= load.pages + load.images
        let origin = load.host.origin
        guard let entry = entries[origin] else { return nil }
        entries[origin]?.isLoading = false
        entries[origin]?.pages.append(contentsOf: pages)
        entries[origin]?.images.append(contentsOf: images)
        let isFull = (
            pages: load.pages > 0 && pages.count >= load.pages,
            images: load.images > 0 && images.count >= load.images
        )
        if isFull.pages { entries[origin]?.hasMorePages = true }
        if isFull.images { entries[origin]?.hasMoreImages = true }
        if isFull.pages || isFull.images {
            entries[origin]?.sliceSize = min(entry.sliceSize * 2, Self.maxSliceSize)
        }
        jobs += pages.count + images.count
        if isHungry(origin) { hungry.insert(origin) }
        closeIfIdle(origin)
        return (entry.site, pages.count + images.count)
    }

    /// The frontier has new work for hosts; true when one of them is not in memory.
    mutating func workCame(_ news: HostNews) -> Bool {
        var isElsewhere = false
        if !areClosedForPages {
            for host in news.pages where !note(host, \.hasMorePages) { isElsewhere = true }
        }
        for host in news.images where !note(host, \.hasMoreImages) { isElsewhere = true }
        return isElsewhere
    }

    private mutating func note(_ host: Int64, _ flag: WritableKeyPath<Entry, Bool>) -> Bool {
        guard let origin = origins[host], entries[origin] != nil else { return false }
        entries[origin]?[keyPath: flag] = true
        if isHungry(origin) { hungry.insert(origin) }
        return true
    }

    private func isHungry(_ origin: String) -> Bool {
        guard let entry = entries[origin], !entry.isLoading else { return false }
        let (pages, images) = wants(entry)
        return pages || images
    }

    /// Which kinds of tasks are running out in memory while the frontier may have more.
    private func wants(_ entry: Entry) -> (pages: Bool, images: Bool) {
        (
            entry.hasMorePages && entry.pages.count <= Self.lowWater && !areClosedForPages,
            entry.hasMoreImages && entry.images.count <= Self.lowWater
        )
    }

    // MARK: Jobs

    /// Adds a picture whose redirect led to a site.
    mutating func push(_ job: ImageJob) -> Site {
        let site = Site(job.url)
        entries[site.origin, default: Entry(site: site)].images.append(job)
        jobs += 1
        return site
    }

    /// Takes a site's next job, pages and pictures in turn; to be ended with `finished`.
    mutating func pop(_ site: Site) -> Job? {
        let origin = site.origin
        guard var entry = entries.removeValue(forKey: origin) else { return nil }
        defer {
            entries[origin] = entry
            if isHungry(origin) { hungry.insert(origin) }
        }
        let prefersImage = entry.lastWasPage || entry.pages.isEmpty
        if prefersImage, let image = entry.images.popFirst() {
            entry.lastWasPage = false
            entry.busy += 1
            jobs -= 1
            return .image(image)
        }
        if let page = entry.pages.popFirst() {
            entry.lastWasPage = true
            entry.busy += 1
            jobs -= 1
            return .page(page)
        }
        return nil
    }

    /// A job that was taken has ended, or moved on to another site.
    mutating func finished(_ site: Site) {
        entries[site.origin]?.busy -= 1
        closeIfIdle(site.origin)
    }

    /// Lets go of a site that has nothing left, so that another may come in.
    mutating func closeIfIdle(_ origin: String) {
        guard let entry = entries[origin], entry.isIdle else { return }
        entries[origin] = nil
        if let host = entry.host { origins[host] = nil }
    }

    // MARK: Ends

    /// Takes all jobs of a site, and stops loading it.
    mutating func drain(_ site: Site) -> (pages: [PageTask], images: [ImageJob]) {
        guard var entry = entries.removeValue(forKey: site.origin) else { return ([], []) }
        let taken = (entry.pages.takeAll(), entry.images.takeAll())
        jobs -= taken.0.count + taken.1.count
        entry.hasMorePages = false
        entry.hasMoreImages = false
        hungry.remove(site.origin)
        entries[site.origin] = entry
        closeIfIdle(site.origin)
        return taken
    }

    /// Takes all jobs of all sites; nothing is loaded any more.
    mutating func drainAll() -> (pages: [PageTask], images: [ImageJob]) {
        var taken: (pages: [PageTask], images: [ImageJob]) = ([], [])
        for entry in entries.values {
            let (pages, images) = drain(entry.site)
            taken.pages += pages
            taken.images += images
        }
        return taken
    }

    /// Takes the pages of all sites: none is asked for any more.
    mutating func closeForPages() -> [PageTask] {
        areClosedForPages = true
        var taken: [PageTask] = []
        for origin in entries.keys {
            taken += entries[origin]?.pages.takeAll() ?? []
            entries[origin]?.hasMorePages = false
        }
        jobs -= taken.count
        return taken
    }
}
