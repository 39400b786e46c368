/// The labels of the Encoding standard that pages use, and what the C library calls the encoding.
///
/// A list, not whatever iconv knows: its rarer converters have a history of memory faults.
enum EncodingLabels {
    /// The encoding a label stands for; nil for one that no browser knows.
    static func encoding(of label: String) -> PageEncoding.Encoding? {
        let name = label.lowercased()
        if ["utf-8", "utf8", "unicode-1-1-utf-8", "x-unicode20utf8"].contains(name) { return .utf8 }
        return table[name].map(PageEncoding.Encoding.converted)
    }

    private static let table: [String: String] = {
        var table: [String: String] = [:]
        for (name, labels) in families {
            for label in labels.split(separator: " ") { table[String(label)] = name }
        }
        for page in 1250...1258 {
            table["windows-\(page)"] = "CP\(page)"
            table["cp\(page)"] = "CP\(page)"
            table["x-cp\(page)"] = "CP\(page)"
        }
        for part in [2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15, 16] {
            table["iso-8859-\(part)"] = "ISO-8859-\(part)"
            table["iso8859-\(part)"] = "ISO-8859-\(part)"
        }
        return table
    }()

    // A label stands for what browsers read it as: "iso-8859-1" is windows-1252, "gb2312" is GB 18030.
    private static let families: [(name: String, labels: String)] = [
        ("CP1252", "iso-8859-1 iso8859-1 latin1 l1 ascii us-ascii iso_8859-1 ansi_x3.4-1968 cp819"),
        ("CP1254", "iso-8859-9 iso8859-9 latin5 l5 iso_8859-9"),
        ("ISO-8859-2", "latin2 l2 iso_8859-2"),
        ("CP874", "windows-874 iso-8859-11 iso8859-11 tis-620 dos-874"),
        ("KOI8-R", "koi8-r koi8 koi koi8_r"), ("KOI8-U", "koi8-u koi8-ru"),
        ("CP866", "ibm866 cp866 866"), ("MACINTOSH", "macintosh mac x-mac-roman"),
        ("GB18030", "gb18030 gbk gb2312 gb_2312-80 chinese x-gbk csgb2312"),
        ("BIG5-HKSCS", "big5 big5-hkscs cn-big5 x-x-big5 csbig5"),
        ("CP932", "shift_jis shift-jis sjis x-sjis windows-31j ms_kanji csshiftjis"),
        ("EUC-JP-MS", "euc-jp x-euc-jp"), ("ISO-2022-JP", "iso-2022-jp csiso2022jp"),
        ("CP949", "euc-kr ks_c_5601-1987 korean ksc5601 windows-949 cseuckr"),
    ]
}
