/// A single-byte character set: the 128 characters of its upper half. Bytes that a set leaves open stand for the C1
/// controls of the same number, as the WHATWG Encoding Standard has it.
struct SingleByteEncoding: Sendable {
    private let scalars: ContiguousArray<Unicode.Scalar>
    private let bytes: [Unicode.Scalar: UInt8]
    /// Whether U+FFFD counts as a lost byte, written as SUBSTITUTE (0x1A).
    let marksLostBytes: Bool

    private init(_ upperHalf: String, marksLostBytes: Bool = false) {
        let lowerHalf = (UInt8(0)..<128).map { Unicode.Scalar($0) }
        precondition(upperHalf.unicodeScalars.count == 128, "an upper half has 128 characters")
        scalars = .init(lowerHalf + upperHalf.unicodeScalars)
        var bytes: [Unicode.Scalar: UInt8] = [:]
        for (byte, scalar) in scalars.enumerated() { bytes[scalar] = UInt8(byte) }
        if marksLostBytes {
            bytes["\u{1A}"] = nil
            bytes["\u{FFFD}"] = 0x1A
        }
        self.bytes = bytes
        self.marksLostBytes = marksLostBytes
    }

    /// The character of a byte.
    func scalar(_ byte: UInt8) -> Unicode.Scalar { scalars[Int(byte)] }

    /// The bytes of a text, or `nil` if a character is not in the set.
    func encode(_ text: some Collection<Unicode.Scalar>) -> [UInt8]? {
        var output: [UInt8] = []
        output.reserveCapacity(text.count)
        for scalar in text {
            guard let byte = bytes[scalar] else { return nil }
            output.append(byte)
        }
        return output
    }

    /// The C1 controls, which the ISO 8859 sets have at 0x80.
    private static let controls = String((UInt8(128)..<160).map { Unicode.Scalar($0) })

    static let latin1 = SingleByteEncoding(String((UInt8(128)...255).map { Unicode.Scalar($0) }))
    static let windows1252 = SingleByteEncoding(
        """
        €\u{81}‚ƒ„…†‡ˆ‰Š‹Œ\u{8D}Ž\u{8F}\u{90}‘’“”•–—˜™š›œ\u{9D}žŸ\
        \u{A0}¡¢£¤¥¦§¨©ª«¬\u{AD}®¯°±²³´µ¶·¸¹º»¼½¾¿\
        ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖ×ØÙÚÛÜÝÞß\
        àáâãäåæçèéêëìíîïðñòóôõö÷øùúûüýþÿ
        """, marksLostBytes: true)
    static let windows1251 = SingleByteEncoding(
        """
        ЂЃ‚ѓ„…†‡€‰Љ‹ЊЌЋЏђ‘’“”•–—\u{98}™љ›њќћџ\
        \u{A0}ЎўЈ¤Ґ¦§Ё©Є«¬\u{AD}®Ї°±Ііґµ¶·ё№є»јЅѕї\
        АБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ\
        абвгдежзийклмнопрстуфхцчшщъыьэюя
        """, marksLostBytes: true)
    static let windows1250 = SingleByteEncoding(
        """
        €\u{81}‚\u{83}„…†‡\u{88}‰Š‹ŚŤŽŹ\u{90}‘’“”•–—\u{98}™š›śťžź\
        \u{A0}ˇ˘Ł¤Ą¦§¨©Ş«¬\u{AD}®Ż°±˛ł´µ¶·¸ąş»Ľ˝ľż\
        ŔÁÂĂÄĹĆÇČÉĘËĚÍÎĎĐŃŇÓÔŐÖ×ŘŮÚŰÜÝŢß\
        ŕáâăäĺćçčéęëěíîďđńňóôőö÷řůúűüýţ˙
        """, marksLostBytes: true)
    static let windows1253 = SingleByteEncoding(
        """
        €\u{81}‚ƒ„…†‡\u{88}‰\u{8A}‹\u{8C}\u{8D}\u{8E}\u{8F}\u{90}‘’“”•–—\u{98}™\u{9A}›\u{9C}\
        \u{9D}\u{9E}\u{9F}\u{A0}΅Ά£¤¥¦§¨©ª«¬\u{AD}®―°±²³΄µ¶·ΈΉΊ»Ό½ΎΏ\
        ΐΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡÒΣΤΥΦΧΨΩΪΫάέήί\
        ΰαβγδεζηθικλμνξοπρςστυφχψωϊϋόύώÿ
        """, marksLostBytes: true)
    static let windows1254 = SingleByteEncoding(
        """
        €\u{81}‚ƒ„…†‡ˆ‰Š‹Œ\u{8D}\u{8E}\u{8F}\u{90}‘’“”•–—˜™š›œ\u{9D}\u{9E}Ÿ\
        \u{A0}¡¢£¤¥¦§¨©ª«¬\u{AD}®¯°±²³´µ¶·¸¹º»¼½¾¿\
        ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏĞÑÒÓÔÕÖ×ØÙÚÛÜİŞß\
        àáâãäåæçèéêëìíîïğñòóôõö÷øùúûüışÿ
        """, marksLostBytes: true)
    static let windows1257 = SingleByteEncoding(
        """
        €\u{81}‚\u{83}„…†‡\u{88}‰\u{8A}‹\u{8C}¨ˇ¸\u{90}‘’“”•–—\u{98}™\u{9A}›\u{9C}¯˛\u{9F}\
        \u{A0}¡¢£¤¥¦§Ø©Ŗ«¬\u{AD}®Æ°±²³´µ¶·ø¹ŗ»¼½¾æ\
        ĄĮĀĆÄÅĘĒČÉŹĖĢĶĪĻŠŃŅÓŌÕÖ×ŲŁŚŪÜŻŽß\
        ąįāćäåęēčéźėģķīļšńņóōõö÷ųłśūüżž˙
        """, marksLostBytes: true)
    static let latin2 = SingleByteEncoding(
        controls + """
            \u{A0}Ą˘Ł¤ĽŚ§¨ŠŞŤŹ\u{AD}ŽŻ°ą˛ł´ľśˇ¸šşťź˝žż\
            ŔÁÂĂÄĹĆÇČÉĘËĚÍÎĎĐŃŇÓÔŐÖ×ŘŮÚŰÜÝŢß\
            ŕáâăäĺćçčéęëěíîďđńňóôőö÷řůúűüýţ˙
            """)
    static let macRoman = SingleByteEncoding(
        """
        ÄÅÇÉÑÖÜáàâäãåçéèêëíìîïñóòôöõúùûü\
        †°¢£§•¶ß®©™´¨≠ÆØ∞±≤≥¥µ∂∑∏π∫ªºΩæø\
        ¿¡¬√ƒ≈∆«»…\u{A0}ÀÃÕŒœ–—“”‘’÷◊ÿŸ⁄€‹›ﬁﬂ\
        ‡·‚„‰ÂÊÁËÈÍÎÏÌÓÔ\u{F8FF}ÒÚÛÙıˆ˜¯˘˙˚¸˝˛ˇ
        """)
    static let codePage437 = SingleByteEncoding(
        """
        ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒ\
        áíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐\
        └┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀\
        αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{A0}
        """)
}
