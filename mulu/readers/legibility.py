"""How much like writing bytes read in an encoding: by the characters that writing is made of, and by known words."""

import re
import unicodedata

_SAMPLE_LINES = 2_000
SAMPLE_BYTES = 65_536
"""About how much of a file is looked at."""

# The most frequent characters of written Chinese and of catalogs; mojibake is made of rare ones. Japanese
# is told by its syllables alone: in its other characters nearly any GB18030 is legal EUC-JP.
_SIMPLIFIED = frozenset(
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所"
    "民得经十三之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它合还因由其些然前外天政四日"
    "那社义事平形相全表间样与关各重新线内数正心反你明看原又么利比或但质气第向道命此变条只没结解问意建月公无系军很情者最立代想"
    "已通并提直题党程展五果料象员革位入常文总次品式活设及管特件长求老头基资边流路级少图山统接知较将组见计别她手角期根论运农指"
    "几九区强放决西被干做必战先回则任取据处队南给色光门即保治北造百规热领七海口东导器压志世金增争济阶油思术极交受联什认六共权"
    "收证改清己美再采转更单风切打白教速花带安场身车例真务具万每目至达走积示议声报斗完类八离华名确才科张信马节话米整空元况今集"
    "温传土许步群广石记需段研界拉林律叫且究观越织装影算低持音众书布复容儿须际商非验连断深难近矿千周委素技备半办青省列习响约支"
    "般史感劳便团往历市克何除消构府称太准精值号率族维划选标写存候亲快效院查江型按格养易置派层片始专状育厂京识适属包火住调满县"
    "局照参红细引听该价严源录摘码享供项描述字是否键词编库挂依附附权责企业个体登记许可监督执照照护卫健康环境农村城乡镇街道村居"
    "税审批件材料申请服务网站邮箱话址负责联系人姓名性别身份统一用代扶贫残疾低保就学校医疗药店食品企车辆驾驶房屋土规划林木"
    "，。、；：？！“”‘’（）《》【】—…·　／％＊０１２３４５６７８９ⅠⅡⅢⅣⅤ①②③④⑤"
)
_TRADITIONAL = frozenset(
    "的一是在不了有和人這中大為上個國我以要他時來用們生到作地於出就分對成會可主發年動同工也能下過子說產種面而方後多定行學法所"
    "民得經十三之進著等部度家電力裡里如水化高自二理起小物現實加量都兩體制機當使點從業本去把性好應開它合還因由其些然前外天政四"
    "日那社義事平形相全表間樣與關各重新線內數正心反你明看原又麼利比或但質氣第向道命此變條只沒結解問意建月公無系軍很情者最立代"
    "想已通並提直題黨程展五果料象員革位入常文總次品式活設及管特件長求老頭基資邊流路級少圖山統接知較將組見計別她手角期根論運農"
    "指幾九區強放決西被做必戰先回則任取據處隊南給色光門即保治北造百規熱領七海口東導器壓志世金增爭濟階油思術極交受聯什認六共權"
    "收證改清己美再採轉更單風切打白教速花帶安場身車例真務具萬每目至達走積示議聲報完類八離華名確才科張信馬節話米整空元況今集溫"
    "傳土許步群廣石記需段研界拉林律叫且究觀越織裝影算低持音眾書布複容兒須際商非驗連斷深難近千周委素技備半辦青省列習響約支史感"
    "勞便團往歷市何除消構府稱太準精值號率族維劃選標寫存候親快效院查江型按格養易置派層片始專狀育廠京識適屬包火住調滿縣局照參紅"
    "細引聽該價嚴源錄摘碼享供項描述字否鍵詞編庫檔訊欄臺灣鄉鎮村里鄰址郵箱授權範圍詮釋幣別頻"
    "，。、；：？！「」『』（）《》【】—…·　／％＊０１２３４５６７８９"
)
_JAPANESE = frozenset(
    "あいうえおかがきぎくぐけげこごさざしじすずせぜそぞただちつづてでとどなにぬねのはばひびふぶへほぼまみむめもやゆよらりるれろわをん"
    "っゃゅょアイウエオカガキギクグケゲコゴサザシジスズセゼソタダチツテデトドナニネノハバパヒビピフブプヘベペホボポマミムメモヤユヨ"
    "ラリルレロワンッャュョー"
    "、。「」（）・　"
)
# The most frequent syllables of written Korean and of its catalogs.
_KOREAN = frozenset(
    "이다는의에을가고하를은로지한기도사어인자나시아대그해리니있서과일전정수들부제보공구주게라상만것장위으스안성내조원오면여식동관"
    "적소연국년모했된요신비경선방물유회생실용무화단중체개개록명행출재업및세진설무계산전데터파목코드통청읍군구시도번호주소분류항"
    "운영현황등급월갱날짜수정담당과팀센터별건물학교병료급식점업소차량로지역민원허가영사업체표준결과집계측량값품질반입처리량급률감"
    "증발견복교육문화관광보건환경농축산림해양수도건축교통안전재난노인아동여성청년장애인복설치운용폐업인허연락처전화"
)
_LATIN = frozenset("áéíóúñüçàèìòùêôâîûëïãõäößåøæÁÉÍÓÚÑÜÇÀÈÊÔÂÃÕÄÖÅØ°ºª·€“”‘’–—«»¿¡®©")
# With the letters of Ukrainian and Belarusian.
_CYRILLIC_WORD = re.compile("[А-Яа-яЁЂ-Џёђ-џҐґ]+")
_CYRILLIC_VOWELS = frozenset("аеёиоуыэюяіїє")
_ENOUGH_LETTERS = 24
_COMMON = {
    "utf-8": _SIMPLIFIED | _TRADITIONAL | _JAPANESE | _LATIN,
    "gb18030": _SIMPLIFIED,
    "big5hkscs": _TRADITIONAL,
    "cp932": _JAPANESE,
    "euc_jp": _JAPANESE,
    "cp949": _KOREAN,
}


def sample_of(data: bytes) -> bytes:
    """Return lines that are not ASCII, from all over the file."""
    lines = [line for line in data.split(b"\n") if not line.isascii()]
    step = max(1, len(lines) // _SAMPLE_LINES)
    chosen: list[bytes] = []
    size = 0
    for line in lines[::step]:
        chosen.append(line[:4096])
        size += len(chosen[-1])
        if size > SAMPLE_BYTES and len(chosen) > 16:
            break
    return b"\n".join(chosen)


def legibility(sample: bytes, encoding: str, known: frozenset[str] = frozenset()) -> float:
    """Return how much like writing `sample` reads in `encoding`: about 1 if it is, 0 or less if not."""
    text = sample.decode(encoding, "backslashreplace")
    kept = sample.decode(encoding, "ignore")
    broken = (len(text) - len(kept)) // 4
    foreign = [index for index, character in enumerate(kept) if not character.isascii()]
    if encoding == "cp1252":
        good = sum(_is_accent_in_a_word(kept, index) for index in foreign)
    elif encoding == "cp1251":
        written = sum(len(word[0]) for word in _CYRILLIC_WORD.finditer(kept) if _is_cyrillic(kept, word))
        # A word or two of Chinese may look like one of small letters.
        good = written * min(len(foreign), _ENOUGH_LETTERS) // _ENOUGH_LETTERS
    else:
        common = _COMMON[encoding]
        good = sum(kept[index] in common for index in foreign)
        good -= sum(_is_odd(kept[index]) for index in foreign)
    words = sum(word in kept for word in known if len(word) > 1 and not word.isascii())
    return (good - broken) / max(1, len(foreign) + broken) + 0.2 * min(words, 5)


def _is_accent_in_a_word(text: str, index: int) -> bool:
    # In Chinese text read this way, foreign characters stand in pairs.
    before, after = text[index - 1 : index] or " ", text[index + 1 : index + 2] or " "
    alone = before.isascii() and after.isascii() and (before.isalnum() or after.isalnum())
    return alone and text[index] in _LATIN


def _is_cyrillic(text: str, found: re.Match[str]) -> bool:
    """Whether some letters are written as words are: in Chinese read this way, capitals stand anywhere.

    A word of more than two letters has a vowel, and no Latin letter stands beside it.
    """
    word, beside = found[0], text[found.start() - 1 : found.start()] + text[found.end() : found.end() + 1]
    is_cased = word.islower() or word.istitle() or word.isupper()
    is_spoken = len(word) < 3 or not _CYRILLIC_VOWELS.isdisjoint(word.lower())
    return is_cased and is_spoken and not any(letter.isascii() and letter.isalpha() for letter in beside)


def _is_odd(character: str) -> bool:
    return unicodedata.category(character) in ("Co", "Cn", "Cc") or "\uff61" <= character <= "\uff9f"
