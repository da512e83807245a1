import Testing
import Tokenization

struct SentenceTests {
    // A bar marks each expected sentence end.
    @Test(arguments: [
        "One.| Two!| Three?| Four", "He met Dr. Smith and Mr. J. R. Doe.| They left.",
        "The U.S. Army, e.g. in Iraq.| It left.",
        "Prices rose 3.5 per cent. in May", "See No. 5 and Fig. 12 there.", "1. Introduction to terms.| 2. Methods",
        "In 1990. it began",
        "In 1990.| The war ended.", "It was 2004.| 25 people came", "Wait... what?| Yes.", "Wait…| He left.",
        "Wait...| He left.",
        "\"Why?\" she said.| \"Go!\"| He went.", "(He left.)| She stayed.", "“Stop.”| He ran.", "„Halt.“| Er lief.",
        "« Bonjour ! »| Il part.", "He said: \"No.\"| Then left", "Yahoo!| and Google", "Really?!| Yes",
        "See www.example.com/a?b=1 now",
        "Stop!, he said", "is it? – yes", "etc. (and more)", "etc.| (And more)", "Ends here.| [1] Next",
        "Ltd. and Inc. agreed.| So did we.",
        "Prof. Ngũgĩ wa Thiong'o spoke.| All listened.", "Bw. Juma alisema.| Wote walikubali.",
        "यह भारत है।| वह नेपाल है॥| और", "አዲስ አበባ ናት።| እሱ መጣ፧| አዎ", "أين هو؟| هنا۔| نعم", "東京です。| 大阪です！| 「はい。」| 終わり",
        "東京。|大阪。|「はい」。",
        "你好。”|他说", "Ո՞վ է։| Նա", "བོད།| ཡིག", "Он уехал.| Она осталась.", "В 1999 г. он уехал",
        "т.е. Москва и г. Тула.| Да.",
        "Sana .| Ndiyo .", "a\nb\nc.\nd", "One\n\n|Two\r\n\r\n|Three", "One\u{2029}|Two", "Ends (\n\n|Next",
        "... and then", "?", ".",
        "Hello world.|\u{2029}Next", "etc.| (\n\n|And", "J.", "I am a B. C. D.", "BBC.| It said", "the TV.| It broke",
        "x . . . y",
        // No word of these scripts tells by its case whether a sentence begins with it.
        "ის წავიდა.| შემდეგ დაბრუნდა.", "ა. წერეთელი და ი. ჭავჭავაძე.| აკად. ნ. მუსხელიშვილი",
        "ᏣᎳᎩ ᎦᏬᏂᎯᏍᏗ.| ꭰꭹᏺ", "ᲔᲡ ᲐᲠᲘᲡ.| ის", "etc. ʻokina", "etc.| ʻOkina",
        // Initials, titles, and the words of one letter that end sentences.
        "डॉ. के. आर. नारायणन गए.| वे लौटे.", "यह सच है.| वह आया था.| हम", "एम. एस. धोनी खेले.| वह", "पु. ल. देशपांडे",
        "ડૉ. એમ. પટેલ આવ્યા છે.| તે", "எம். ஜி. ராமச்சந்திரன் வந்தார்.| அவர்", "திரு. எஸ். ராமன்", "எம்.ஜி.ஆர். வந்தார்",
        "డా. ఎన్. టి. రామారావు వచ్చారు.| ఆయన", "ಎಚ್. ಡಿ. ದೇವೇಗೌಡ ಬಂದರು.| ಅವರು", "എം. ടി. വാസുദേവൻ നായർ വന്നു.| അദ്ദേഹം",
        "അഡ്വ. പി. രാജീവ്", "ඩී. එස්. සේනානායක මහතා ගියා.| ඔහු", "එය ගමකි.| ඔහු ගුරුවරයා ය.| ඔහු", "කේ. වී. සෝමපාල",
        "එය දිවයිනක් වී.| ඔහු", "ආචාර්ය. ඩබ්ලිව්. පෙරේරා",
        "د. محمد و أ. د. علي.| ثم خرج.", "א. ב. יהושע כתב.| הוא גר", "פרופ. כהן דיבר.| הוא", "ዶ. አብይ አህመድ ዶ.ር አብይ",
        "ดร. สมชาย รศ. ดร. สมหญิง พ.ศ. 2530", "그는 갔다.| 네.| 좋아요.| 그", "他走了.| 又来了.| 他",
        "Bi. Asha na Mhe. Juma walifika.| Wao", "Alh. Sani da Engr. Bello sun zo.| Su", "uMnu. Zuma ufikile.| Yena",
    ])
    func endsSentencesAtTheBars(_ marked: String) {
        let parts = marked.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
        let whole = tokens(parts.joined())
        #expect(whole == parts.map { tokens($0).flatMap { $0 } }.filter { !$0.isEmpty })
    }

    /// `On.` is a title in Italian, and the end of a sentence in English.
    @Test(arguments: [("it", 1), ("it-IT", 1), ("ita", 1), ("und", 1), ("en", 2), ("qab", 2)])
    func titlesAreThoseOfTheLanguage(_ language: String, _ sentenceCount: Int) {
        var output = TokenizedParagraph()
        Array("Carry On. Moro spoke".utf8).withUnsafeBufferPointer {
            WordTokenizer(language: language).tokenize($0, into: &output)
        }
        #expect(output.sentenceEnds.count == sentenceCount)
    }

    @Test func cutsLongSentencesAndCountsThemOnce() {
        let words = Array("one two three four five six seven. Eight nine. Ten two three four five six seven.".utf8)
        let result = sentences(words, maximum: 3)
        #expect(result.sentences.map(\.count) == [3, 3, 2, 3, 3, 3, 2])
        #expect(result.splitCount == 2)
    }

    @Test(arguments: [(512, 1, 0), (513, 2, 1), (1024, 2, 1), (1025, 3, 1), (511, 1, 0)])
    func cutsOnlyAboveTheMaximum(_ tokenCount: Int, _ sentenceCount: Int, _ splitCount: Int) {
        let bytes = Array(String(repeating: "w ", count: tokenCount).utf8)
        let result = sentences(bytes)
        #expect(result.sentences.count == sentenceCount)
        #expect(result.splitCount == splitCount)
    }

    @Test func anEmptyParagraphHasNoSentence() {
        #expect(tokens("").isEmpty)
        #expect(tokens(" \n\n ").isEmpty)
        var output = TokenizedParagraph()
        WordTokenizer().tokenize(UnsafeBufferPointer(start: nil, count: 0), into: &output)
        #expect(output.sentenceEnds.isEmpty)
    }
}
