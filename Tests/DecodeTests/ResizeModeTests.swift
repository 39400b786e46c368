import Decode
import Testing

/// The ways of img2dataset: which sizes come out, and that cutting and bars only cut and frame.
@Suite struct ResizeModeTests {
    private func picture(_ width: Int, _ height: Int) -> RGBImage {
        var pixels = ContiguousArray<UInt8>()
        for place in 0..<(width * height) {
            pixels += [UInt8(place % 251), UInt8(place / width % 241), UInt8(7 * place % 239)]
        }
        return RGBImage(width: width, height: height, pixels: pixels)
    }

    private func part(_ image: RGBImage, _ left: Int, _ top: Int, _ width: Int, _ height: Int) -> RGBImage {
        var pixels = ContiguousArray<UInt8>()
        for row in top..<(top + height) {
            let start = 3 * (row * image.width + left)
            pixels += image.pixels[start..<(start + 3 * width)]
        }
        return RGBImage(width: width, height: height, pixels: pixels)
    }

    struct Case: Sendable, CustomStringConvertible {
        let mode: ImageResize.Mode
        let onlyIfBigger: Bool
        let from, to: [Int]
        var description: String { "\(mode) \(onlyIfBigger) \(from)" }

        init(_ mode: ImageResize.Mode, _ from: [Int], _ to: [Int], onlyIfBigger: Bool = false) {
            (self.mode, self.onlyIfBigger, self.from, self.to) = (mode, onlyIfBigger, from, to)
        }
    }

    @Test(arguments: [
        Case(.keepRatio, [300, 200], [96, 64]), Case(.keepRatio, [20, 50], [64, 160]),
        Case(.keepRatio, [301, 200], [96, 64]), Case(.keepRatio, [20, 50], [20, 50], onlyIfBigger: true),
        Case(.keepRatio, [70, 500], [64, 457], onlyIfBigger: true), Case(.keepRatio, [64, 80], [64, 80]),
        Case(.keepRatioLargest, [300, 200], [64, 43]), Case(.keepRatioLargest, [10, 3], [64, 19]),
        Case(.keepRatioLargest, [10, 3], [10, 3], onlyIfBigger: true),
        Case(.keepRatioLargest, [5_000, 1], [64, 1]),
        Case(.centerCrop, [300, 200], [64, 64]), Case(.centerCrop, [20, 50], [64, 64]),
        Case(.centerCrop, [20, 50], [20, 50], onlyIfBigger: true), Case(.centerCrop, [64, 80], [64, 64]),
        Case(.border, [300, 200], [64, 64]), Case(.border, [10, 3], [64, 64]),
        Case(.border, [10, 3], [10, 3], onlyIfBigger: true), Case(.border, [64, 30], [64, 64]),
        Case(.border, [64, 64], [64, 64]),
    ])
    func sizesAreAsStated(_ example: Case) {
        let resize = ImageResize(example.mode, size: 64, onlyIfBigger: example.onlyIfBigger)
        let image = picture(example.from[0], example.from[1])
        let out = resize.apply(image)
        #expect([out.width, out.height] == example.to)
        #expect(resize.keeps(width: image.width, height: image.height) == (out == image))
    }

    @Test(arguments: [[301, 200], [200, 333], [20, 50], [64, 90]])
    func aCropIsThePartOfTheWhole(_ size: [Int]) {
        let image = picture(size[0], size[1])
        let whole = ImageResize(.keepRatio, size: 64).apply(image)
        let cut = ImageResize(.centerCrop, size: 64).apply(image)
        #expect(cut == part(whole, (whole.width - 64) / 2, (whole.height - 64) / 2, 64, 64))
    }

    @Test(arguments: [[301, 200], [200, 333], [20, 50], [64, 31]])
    func aBorderIsWhite(_ size: [Int]) {
        let image = picture(size[0], size[1])
        let whole = ImageResize(.keepRatioLargest, size: 64).apply(image)
        let framed = ImageResize(.border, size: 64).apply(image)
        let (left, top) = ((64 - whole.width) / 2, (64 - whole.height) / 2)
        #expect(part(framed, left, top, whole.width, whole.height) == whole)
        for place in 0..<(64 * 64) {
            let (column, row) = (place % 64, place / 64)
            let isInside =
                column >= left && column < left + whole.width && row >= top && row < top + whole.height
            let pixel = framed.pixels[(3 * place)..<(3 * place + 3)]
            #expect(isInside || pixel.allSatisfy { $0 == 255 })
        }
    }
}
