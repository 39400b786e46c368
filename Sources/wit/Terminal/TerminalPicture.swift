import CChafa
import CommandKit
import Decode
import Foundation

/// A picture drawn on the terminal by the Chafa library: kitty, iTerm2 or sixel graphics, else half blocks.
enum TerminalPicture {
    /// The bytes that draw the picture in at most `columns` × `rows` character cells; `nil` when memory ran out.
    static func drawing(of image: RGBImage, columns: Int, rows: Int) -> String? {
        let variables = Terminal.environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { variables.forEach { free($0) } }
        var environment = variables
        let drawing = image.pixels.withUnsafeBufferPointer { pixels in
            cchafa_draw(
                pixels.baseAddress, Int32(image.width), Int32(image.height), Int32(columns), Int32(rows),
                &environment)
        }
        guard let drawing else { return nil }
        defer { cchafa_free(drawing) }
        return String(cString: drawing)
    }
}
