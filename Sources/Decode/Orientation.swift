/// How a stored picture is turned for display (EXIF 2.32, tag 0x0112); the raw values are EXIF's.
enum Orientation: Int, CaseIterable {
    case upright = 1
    case mirrored, halfTurn, flipped, transposed, quarterTurn, transversed, threeQuarterTurn

    /// Whether rows become columns.
    var swapsSides: Bool { rawValue >= Orientation.transposed.rawValue }

    /// Reads the orientation out of an EXIF block; upright for anything that is not one.
    init(exif: UnsafeRawBufferPointer) {
        self = TIFFHeader(exif)?.orientation ?? .upright
    }

    /// The source position of a displayed pixel, in a stored picture of this size.
    private func source(x: Int, y: Int, width: Int, height: Int) -> (x: Int, y: Int) {
        switch self {
        case .upright: (x, y)
        case .mirrored: (width - 1 - x, y)
        case .halfTurn: (width - 1 - x, height - 1 - y)
        case .flipped: (x, height - 1 - y)
        case .transposed: (y, x)
        case .quarterTurn: (y, height - 1 - x)
        case .transversed: (width - 1 - y, height - 1 - x)
        case .threeQuarterTurn: (width - 1 - y, x)
        }
    }

    /// Turns a stored picture into the displayed one.
    func apply(_ image: RGBImage) -> RGBImage {
        guard self != .upright else { return image }
        let width = swapsSides ? image.height : image.width
        let height = swapsSides ? image.width : image.height
        let origin = source(x: 0, y: 0, width: image.width, height: image.height)
        let right = source(x: 1, y: 0, width: image.width, height: image.height)
        let stepX = (right.x - origin.x) + (right.y - origin.y) * image.width
        let turned = ContiguousArray<UInt8>(unsafeUninitializedCapacity: image.pixels.count) { into, count in
            image.pixels.withUnsafeBufferPointer { from in
                for y in 0..<height {
                    let start = source(x: 0, y: y, width: image.width, height: image.height)
                    var at = start.x + start.y * image.width
                    for x in 0..<width {
                        for c in 0..<3 { into[(y * width + x) * 3 + c] = from[at * 3 + c] }
                        at += stepX
                    }
                }
            }
            count = image.pixels.count
        }
        return RGBImage(width: width, height: height, pixels: turned)
    }
}

/// The start of a TIFF structure, as EXIF uses it; every read is bounded.
private struct TIFFHeader {
    private let bytes: UnsafeRawBufferPointer
    private let isLittleEndian: Bool

    init?(_ block: UnsafeRawBufferPointer) {
        // WebP files often keep JPEG's marker in front of the structure.
        let marked = block.starts(with: [0x45, 0x78, 0x69, 0x66, 0, 0])
        bytes = marked ? UnsafeRawBufferPointer(rebasing: block[6...]) : block
        if bytes.starts(with: [0x49, 0x49, 42, 0]) {
            isLittleEndian = true
        } else if bytes.starts(with: [0x4D, 0x4D, 0, 42]) {
            isLittleEndian = false
        } else {
            return nil
        }
    }

    /// Tag 0x0112 of the first directory, a SHORT.
    var orientation: Orientation? {
        guard let directory = integer(at: 4, length: 4), let count = integer(at: directory, length: 2) else {
            return nil
        }
        for index in 0..<count {
            let entry = directory + 2 + index * 12
            guard let tag = integer(at: entry, length: 2) else { return nil }
            guard tag == 0x0112 else { continue }
            guard integer(at: entry + 2, length: 2) == 3, let value = integer(at: entry + 8, length: 2) else {
                return nil
            }
            return Orientation(rawValue: value)
        }
        return nil
    }

    private func integer(at offset: Int, length: Int) -> Int? {
        guard offset >= 0, offset <= bytes.count - length else { return nil }
        let digits = bytes[offset..<offset + length]
        let ordered = isLittleEndian ? Array(digits.reversed()) : Array(digits)
        return ordered.reduce(0) { $0 << 8 | Int($1) }
    }
}
