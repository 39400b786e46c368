import Testing

@testable import Crawler

@Suite struct WrittenLanguageTests {
    /// Captions as pages have them; the page says something else.
    @Test(arguments: [
        ("A red fox looks out of the snow behind an old wooden fence", "en"),
        ("Ein roter Fuchs schaut hinter einem alten Holzzaun aus dem Schnee", "de"),
        ("Un renard roux regarde par-dessus la neige derrière une vieille clôture", "fr"),
        ("Un zorro rojo mira desde la nieve detrás de una vieja valla de madera", "es"),
        ("Рыжая лиса выглядывает из снега за старым деревянным забором", "ru"),
        ("赤い狐が古い木の柵の後ろの雪の中から顔を出している", "ja"),
        ("눈 속에서 붉은 여우가 오래된 나무 울타리 뒤를 내다본다", "ko"),
        ("ثعلب أحمر ينظر من الثلج خلف سياج خشبي قديم", "ar"),
        ("שועל אדום מציץ מן השלג מאחורי גדר עץ ישנה", "he"),
        ("狐と木の柵", "ja"),
        ("Czerwony lis wygląda ze śniegu za starym drewnianym płotem", "pl"),
    ])
    func textsTellTheirLanguage(_ text: String, language: String) {
        #expect(WrittenLanguage.tag(of: text, stated: "x-nonsense") == language)
        #expect(WrittenLanguage.tag(of: text, stated: nil) == language)
    }

    /// What CLD2 is not sure of keeps what the page states, as it states it.
    @Test(arguments: [
        "Fox", "A candy cane.", "A mandarin orange.", "IMG 2034", "Paris 1889", "", "😀😀😀", "a b c d",
    ])
    func theRestIsAsThePageSays(_ text: String) {
        #expect(WrittenLanguage.tag(of: text, stated: "pt-BR") == "pt-BR")
        #expect(WrittenLanguage.tag(of: text, stated: nil) == nil)
    }
}
