/// Data: what stands before a period without ending a sentence. Titles of Latin consonants alone (`Dr`, `Bw`, `Mnr`) and
/// single letters are recognised by that, in every language, and are not listed.
///
/// Upper and lower case count. Where a list is wrong for a language, mend the list.
enum AbbreviationData {
    /// Words for each language, under all its codes of ISO 639; `*` stands for all languages.
    static let titles: [(languages: String, words: String)] = [
        ("*", "Prof Gen Rev Gov Sen Capt Col Maj Hon Sra Srta Dra"),
        // Latin
        ("en eng pcm", "Engr Amb Adm Arc Alh Asst Atty Barr Brig Cpl Evang Insp Lieut Messrs Pst Rep Supt Ven"),
        ("sw swa swh", "Bi Mhe Alh Engr Jen Kan Kap Kapt Dkta Mwal Bal Inj Amb"),
        ("ha hau", "Alh Haj Mal Engr Barr Arc Amb Arch Laf Sarki"),
        ("yo yor", "Alh Engr Barr Arc Ogb Amb Ven Pst Otn"),
        ("ig ibo", "Alh Engr Barr Arc Amb Ven Pst Maz Oz"),
        ("lg lug", "Omw Oweek Owek Muky Ssab Eng"),
        ("sn sna ny nya", "Eng Amb Bwa"),
        ("rw kin rn run", "Eng Amb"),
        (
            "zu zul xh xho nr nbl nd nde ss ssw",
            "Mnu Mnum Mnuz uMnu uMnuz uMnum uMn uNkk uNksz uDkt uGqr Nkos Nkosz Mong"
        ),
        ("tn tsn st sot nso", "Mong Moh Mof Mor"),
        ("af afr", "Mev Mej Adv Genl Prof prof Kol Kapt"),
        ("fr fra fre bm bam wo wol ee ewe fon mos bbj ln lin", "Mme Mlle Mmes Gén Ste Cne Adj Lieut Amb prof"),
        ("es spa", "Ud Uds Lic Arq Gral Cnel Excmo Excma Ilmo Ilma Av Avda Mons Hno Hna Ing prof Alm"),
        ("pt por", "Exmo Exma Ilmo Ilma Eng Arq Profa Av Sto Sta Dep Dom Cap Cel Ten Ver Alm prof"),
        ("gl glg ca cat", "Excm Excma Il·lm Av Mons Arq Ing prof"),
        ("it ita", "Sig Sigg Dott Avv On Ing Arch Geom Rag Mons Cav Comm Magg Ten Proff prof"),
        ("ro ron rum", "prof ing av gen col lt dna Ing Av Acad acad"),
        ("de deu ger", "Dipl Ing Abg Univ Doz Priv Reg Mag Präs Oblt Hptm prof"),
        ("nl nld dut", "Mevr mevr Ir ir Ing ing prof Kol kol Kapt Luit luit Burg burg"),
        ("da dan nb nob nn nno no nor sv swe is isl ice", "prof Ing ing Kapt kapt gen adv Adv"),
        ("fi fin et est", "prof Ing ins maj ev"),
        ("hu hun", "id Id ifj Ifj özv Özv prof"),
        ("pl pol", "abp Abp gen inż Inż hab prof św Św ul al płk Płk ppłk mec"),
        ("cs ces cze sk slk slo", "Ing MUDr JUDr PaedDr RNDr PhDr doc Doc gen prof nám ul akad"),
        ("hr hrv sr srp bs bos sl slv", "prof gen ing Ing akad Akad inž"),
        ("tr tur az aze", "Doç Yrd Av Alb Org Öğr Gör Uzm Müh Ecz Ord Akad"),
        ("id ind ms msa may jv jav su sun", "Ir Jend Kol Kapt Sdri Ust Kab Kec Prov KH"),
        ("tl tgl fil", "Gng Atty Engr Gob Bb Kag"),
        ("vi vie", "TS GS PGS ThS TP Tp BS LS KS"),
        // Greek and Cyrillic
        ("el ell gre", "κκ δρ Δρ καθ Καθ Στρ Αγ Υπ"),
        (
            "ru rus be bel bg bul kk kaz ky kir",
            "ул Ул им акад Акад проф Проф ген Ген св Св тов респ обл просп пос подп лейт доц"
        ),
        ("uk ukr", "вул Вул ім акад Акад проф Проф ген Ген св Св обл просп доц"),
        ("mk mkd sr srp", "проф Проф ген Ген ул акад Акад инж св Св"),
        // Scripts without case, which tell the languages apart by themselves
        ("*", "პროფ აკად დოც გენ წმ ტელ გვ ბატ ქალბ"),
        ("*", "ፕሮፌ ፕሮፍ ዶር ወሮ ወይዘ ኢንጂ"),
        ("*", "פרופ גב דר אינג רח שד עמ הרב"),
        ("*", "بروف دك مهند"),
        ("*", "इंजी एड अॅड ॲड लेफ्ट ब्रिगे कॅप्ट प्रिं न्याय श्रीमती कुमारी मौलाना"),
        ("*", "এড ইঞ্জি অধ্যা প্রফে মোসা ব্রিগে"),
        ("*", "એડ ઇજ પ્રિ"),
        ("*", "திரு திருமதி டாக்டர் டாக் பேரா செல்வி"),
        ("*", "శ్రీమతి డాక్టర్ ప్రొఫె"),
        ("*", "ಶ್ರೀಮತಿ ಡಾಕ್ಟರ್ ಪ್ರೊಫೆ"),
        ("*", "അഡ്വ പ്രൊഫ ശ്രീമതി ലഫ് കേണ റവ ജസ്റ്റി"),
        ("*", "ගරු ආචාර්ය මහාචාර්ය මහාචා පූජ්\u{200D}ය වෛද්\u{200D}ය රෙව නීතිඥ"),
    ]

    /// Names of Latin letters that are more than one letter in these scripts; the others (`के`, `డి`) are single letters.
    static let letterNames = [
        "एफ एच आई एल एम एन आर एस यू डब्ल्यू डब्लू एक्स वाई ज़ेड जेड जैड एक्‍स एच् एस् एम् एन् एल् आर्",
        "এফ এইচ আই এল এম এন আর এস কিউ ইউ ডব্লিউ ডব্লু এক্স ওয়াই জেড",
        "એફ એચ આઈ આઇ એલ એમ એન આર એસ યુ ડબલ્યુ ડબ્લ્યુ એક્સ વાય ઝેડ",
        "ਐੱਫ ਐਫ ਐੱਚ ਐਚ ਆਈ ਐੱਲ ਐਲ ਐੱਮ ਐਮ ਐੱਨ ਐਨ ਆਰ ਐੱਸ ਐਸ ਯੂ ਡਬਲਿਊ ਐਕਸ ਵਾਈ",
        "ଏଫ ଏଫ୍ ଏଚ ଏଚ୍ ଆଇ ଏଲ ଏଲ୍ ଏମ ଏମ୍ ଏନ ଏନ୍ ଆର ଆର୍ ଏସ ଏସ୍",
        "எஃப் எப் எச் ஹெச் ஐ எல் எம் என் ஆர் எஸ் யூ டபிள்யூ எக்ஸ் ஒய் இசட்",
        "ఎఫ్ ఎఫ ఎచ్ హెచ్ ఐ ఎల్ ఎం ఎమ్ ఎన్ ఆర్ ఎస్ యు యూ డబ్ల్యు డబ్ల్యూ ఎక్స్ వై జెడ్",
        "ಎಫ್ ಎಚ್ ಹೆಚ್ ಐ ಎಲ್ ಎಂ ಎಮ್ ಎನ್ ಆರ್ ಎಸ್ ಯು ಡಬ್ಲ್ಯು ಡಬ್ಲ್ಯೂ ಎಕ್ಸ್ ವೈ ಜೆಡ್",
        "എഫ് എച്ച് എച് ഐ എൽ എല്‍ എം എൻ എന്‍ ആർ ആര്‍ എസ് യു ഡബ്ല്യു ഡബ്ള്യു എക്സ് എക്‌സ് വൈ ഇസഡ്",
        "එෆ් එච් අයි ඇල් එල් ඇම් එම් ඇන් එන් ආර් ඇස් එස් යූ ඩබ්ලිව් ඩබ්ලිව ඩබ්ලියු ඩබ් වයි එක්ස් ඉසෙඩ්",
    ]

    /// Words of one letter and its marks that end sentences of languages which end them with a period. After another
    /// initial they are initials all the same (`කේ. වී. සෝමපාල`).
    static let finalWords = [
        "है हैं हूँ हूं हो था थी थीं थे दो दी दे ले लो ली की गा गी गे का ना न छ छु",
        "છે છું છો હા ના તો",
        "ਹੈ ਸੀ ਨਾ ਹਾਂ",
        "না কি",
        "ය යි ද ව වේ වී නෑ",
    ]
}
