extension ImageTransform {
    /// The resized picture and the square that is wanted of it, in pixels.
    struct Window: Equatable {
        /// Size of the whole resized picture, of which only the square is computed.
        let width, height: Int
        /// Upper left corner of the square.
        let left, top: Int
        /// Side of the square.
        let side: Int
    }

    /// Where the square lies, by torchvision's own arithmetic.
    func window(width: Int, height: Int, position: (x: Double, y: Double)) -> Window {
        // torchvision.transforms.functional._compute_resized_output_size: the long side is cut, not rounded.
        func long(_ length: Int, short: Int) -> Int { Int(Double(size * length) / Double(short)) }
        let resizedWidth = width <= height ? size : long(width, short: height)
        let resizedHeight = width <= height ? long(height, short: width) : size
        return Window(
            width: resizedWidth, height: resizedHeight,
            left: offset(resizedWidth - size, position.x), top: offset(resizedHeight - size, position.y),
            side: size)
    }

    private func offset(_ room: Int, _ position: Double) -> Int {
        switch crop {
        // torchvision's center_crop uses Python's round, which goes to the even number.
        case .centre: Int((Double(room) / 2).rounded(.toNearestOrEven))
        case .random: max(0, min(room, Int(position * Double(room + 1))))
        }
    }
}
