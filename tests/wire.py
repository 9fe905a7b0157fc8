"""A day of wire stories that share their vocabulary, and what sixty outlets make of them. Deterministic.

Each language has sentences with gaps; a story takes some of them and fills the gaps, so two stories of one language
have whole sentences nearly in common, as stories of one topic have.
"""

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

START = datetime(2026, 3, 17, 6, tzinfo=UTC)


@dataclass(frozen=True)
class Item:
    """What one outlet prints."""

    story: int
    language: str
    title: str
    text: str
    at: datetime


@dataclass(frozen=True)
class Bank:
    """The sentences of one language; ``{who}`` and so on are gaps."""

    titles: tuple
    sentences: tuple
    closing: str
    who: tuple
    land: tuple
    what: tuple
    city: tuple
    before: tuple
    after: tuple
    joint: str = " "


BANKS = {
    "en": Bank(
        titles=(
            "{land} pledges {what} for Ukraine at contact group meeting in {city}",
            "{who} brings {n} {what} to the Ramstein-format talks in {city}",
            "Contact group: {land} to pay {m} million euros for {what}",
        ),
        sentences=(
            "{land} will send Ukraine {n} {what}, {who} told the Ukraine Defense Contact Group in {city}.",
            "The package is worth {m} million euros and includes spare parts and training.",
            '"We will stand with Ukraine for as long as it takes," {who} said after the session.',
            "Deliveries are to begin in {n} days, according to the defence ministry in {city}.",
            "Officials from {land} said talks with manufacturers of {what} had taken {n} weeks.",
            "Parliament still has to approve the sum, which is {m} million euros higher than last year.",
            "Another {n} {what} may follow in the autumn if {land} can fill its own gaps.",
            "Soldiers of the {n}th brigade have trained on {what} in {land} since winter.",
            "{who} met the Ukrainian delegation on the margins and spoke of joint production in {city}.",
            "Critics at home say {land} should have moved earlier on {what}.",
            "The opposition asked why {m} million euros were not enough for {what} in the first place.",
            "An aide to {who} said the first {n} crews had passed their tests near {city}.",
        ),
        closing="The contact group, also known as the Ramstein format, is more than 50 countries that arm Ukraine.",
        who=(
            "Healey",
            "Pistorius",
            "Lecornu",
            "Brekelmans",
            "Sandvik",
            "Poulsen",
            "Jonson",
            "Kosiniak",
            "Crosetto",
            "Robles",
        ),
        land=("Britain", "Germany", "France", "Netherlands", "Norway", "Denmark", "Sweden", "Poland", "Italy", "Spain"),
        what=(
            "howitzers",
            "interceptor drones",
            "radars",
            "Patriot missiles",
            "armoured vehicles",
            "artillery shells",
            "jammers",
            "mine ploughs",
        ),
        city=("Berlin", "Brussels", "London", "Copenhagen", "Vilnius", "Warsaw", "Oslo"),
        before=("Subscribe to our newsletter for the morning briefing. ", "Listen to this article, 3 minutes. ", ""),
        after=(
            " Read also: what else happened today.",
            " All rights reserved. Reuse only with a link to the source.",
            "",
        ),
    ),
    "uk": Bank(
        titles=(
            "{land} оголосила на «Рамштайні» про {what} для України",
            "{who}: у {city} домовилися про {n} {what}",
            "Контактна група: {land} виділить {m} млн євро на {what}",
        ),
        sentences=(
            "{land} передасть Україні {n} {what}, заявив {who} на засіданні Контактної групи у {city}.",
            "Пакет коштує {m} млн євро, до нього входять запчастини та навчання.",
            "«Ми будемо з Україною стільки, скільки потрібно», — сказав {who} після зустрічі.",
            "Постачання почнеться за {n} днів, уточнили в міністерстві оборони у {city}.",
            "За словами чиновників, {land} вела переговори з виробниками про {what} упродовж {n} тижнів.",
            "Парламент ще має погодити цю суму, вона на {m} млн євро більша за торішню.",
            "Восени {land} може надати ще {n} {what}, якщо поповнить власні запаси.",
            "Військові {n}-ї бригади тренуються з зими, опановуючи {what}.",
            "{who} окремо поговорив з українською делегацією про спільне виробництво у {city}.",
            "Критики кажуть, що {land} мала ухвалити рішення про {what} раніше.",
            "Опозиція питає, чому {m} млн євро не вистачило на {what} одразу.",
            "Помічник міністра, якого звати {who}, сказав про перші {n} екіпажів поблизу {city}.",
        ),
        closing="Контактна група з питань оборони України, або формат «Рамштайн», об'єднує понад 50 країн.",
        who=(
            "Гілі",
            "Пісторіус",
            "Лекорню",
            "Брекельманс",
            "Сандвік",
            "Поульсен",
            "Йонсон",
            "Косіняк",
            "Крозетто",
            "Роблес",
        ),
        land=(
            "Британія",
            "Німеччина",
            "Франція",
            "Голландія",
            "Норвегія",
            "Данія",
            "Швеція",
            "Польща",
            "Італія",
            "Іспанія",
        ),
        what=(
            "гаубиці",
            "дрони-перехоплювачі",
            "радари",
            "ракети Patriot",
            "бронемашини",
            "снаряди",
            "засоби РЕБ",
            "тральщики",
        ),
        city=("Берліні", "Брюсселі", "Лондоні", "Копенгагені", "Вільнюсі", "Варшаві", "Осло"),
        before=(
            "Підписуйтесь на наш канал у Telegram, щоб не пропустити головного. ",
            "Читайте нас також у Google News. ",
            "",
        ),
        after=(
            " Читайте також: що сталося за день.",
            " Нагадаємо, передрук дозволено лише з посиланням на джерело.",
            "",
        ),
    ),
    "ar": Bank(
        titles=(
            "{land} تتعهد بتقديم {what} لأوكرانيا في اجتماع {city}",
            "{who} يعلن عن {n} من {what} خلال اجتماع رامشتاين في {city}",
            "مجموعة الاتصال: {land} تخصص {m} مليون يورو من أجل {what}",
        ),
        sentences=(
            "أعلن {who} أن {land} سترسل إلى أوكرانيا {n} من {what} خلال اجتماع مجموعة الاتصال في {city}.",
            "تبلغ قيمة الحزمة {m} مليون يورو وتشمل قطع الغيار والتدريب.",
            "وقال {who} بعد الجلسة إن بلاده ستقف مع أوكرانيا مهما طال الأمر.",
            "وتبدأ عمليات التسليم خلال {n} يوما وفقا لوزارة الدفاع في {city}.",
            "وأجرت {land} محادثات مع مصنعي {what} استمرت {n} أسابيع.",
            "ولا يزال على البرلمان الموافقة على المبلغ الذي يزيد بمقدار {m} مليون يورو عن العام الماضي.",
            "وقد ترسل {land} في الخريف {n} إضافية من {what} إذا سدت حاجاتها.",
            "وتدرب جنود اللواء {n} على {what} منذ الشتاء في {land}.",
            "والتقى {who} الوفد الأوكراني وتحدث عن إنتاج مشترك في {city}.",
            "ويرى منتقدون أن {land} تأخرت في قرار {what}.",
            "وسألت المعارضة لماذا لم تكف {m} مليون يورو لشراء {what}.",
        ),
        closing="وتضم مجموعة الاتصال الدفاعية الخاصة بأوكرانيا أكثر من 50 دولة.",
        who=("هيلي", "بيستوريوس", "لوكورنو", "بريكلمانس", "ساندفيك", "بولسن", "يونسون", "كوسينياك", "كروزيتو", "روبلس"),
        land=(
            "بريطانيا",
            "ألمانيا",
            "فرنسا",
            "هولندا",
            "النرويج",
            "الدنمارك",
            "السويد",
            "بولندا",
            "إيطاليا",
            "إسبانيا",
        ),
        what=("مدافع هاوتزر", "مسيّرات اعتراضية", "رادارات", "صواريخ باتريوت", "مدرعات", "قذائف مدفعية", "أجهزة تشويش"),
        city=("برلين", "بروكسل", "لندن", "كوبنهاغن", "فيلنيوس", "وارسو", "أوسلو"),
        before=("تابعوا قناتنا على تلغرام لآخر الأخبار. ", "استمع إلى المقال، ثلاث دقائق. ", ""),
        after=(" اقرأ أيضا: أهم أحداث اليوم.", " جميع الحقوق محفوظة.", ""),
    ),
    "bn": Bank(
        titles=(
            "{city} বৈঠকে ইউক্রেনকে {what} দেওয়ার ঘোষণা দিল {land}",
            "রামস্টেইন বৈঠকে {n}টি {what} আনছেন {who}",
            "যোগাযোগ গ্রুপ: {what} কিনতে {m} মিলিয়ন ইউরো দেবে {land}",
        ),
        sentences=(
            "{land} ইউক্রেনকে {n}টি {what} দেবে বলে {city} শহরে যোগাযোগ গ্রুপের বৈঠকে জানান {who}।",
            "প্যাকেজটির মূল্য {m} মিলিয়ন ইউরো, এতে যন্ত্রাংশ ও প্রশিক্ষণও থাকছে।",
            "বৈঠকের পর {who} বলেন, যতদিন দরকার ততদিন ইউক্রেনের পাশে থাকবে তাঁর দেশ।",
            "{city} থেকে প্রতিরক্ষা মন্ত্রণালয় জানায়, {n} দিনের মধ্যে সরবরাহ শুরু হবে।",
            "কর্মকর্তারা বলেন, {what} নির্মাতাদের সঙ্গে {n} সপ্তাহ ধরে আলোচনা করেছে {land}।",
            "গত বছরের চেয়ে {m} মিলিয়ন ইউরো বেশি এই অর্থ এখনো সংসদে অনুমোদিত হয়নি।",
            "শরতে আরও {n}টি {what} দিতে পারে {land}।",
            "শীতকাল থেকে {land} দেশে {n} নম্বর ব্রিগেডের সেনারা {what} চালানো শিখছেন।",
            "{who} ইউক্রেনীয় প্রতিনিধিদলের সঙ্গে {city} শহরে যৌথ উৎপাদন নিয়ে কথা বলেন।",
            "সমালোচকদের মতে {what} নিয়ে {land} আরও আগে সিদ্ধান্ত নিতে পারত।",
        ),
        closing="ইউক্রেন প্রতিরক্ষা যোগাযোগ গ্রুপে পঞ্চাশটির বেশি দেশ রয়েছে।",
        who=("হিলি", "পিস্টোরিয়াস", "লেকর্নু", "ব্রেকেলম্যানস", "স্যান্ডভিক", "পলসেন", "ইয়নসন", "ক্রোসেত্তো"),
        land=("ব্রিটেন", "জার্মানি", "ফ্রান্স", "নেদারল্যান্ডস", "নরওয়ে", "ডেনমার্ক", "সুইডেন", "পোল্যান্ড", "ইতালি"),
        what=("হাউইটজার", "ইন্টারসেপ্টর ড্রোন", "রাডার", "প্যাট্রিয়ট ক্ষেপণাস্ত্র", "সাঁজোয়া যান", "কামানের গোলা"),
        city=("বার্লিন", "ব্রাসেলস", "লন্ডন", "কোপেনহেগেন", "ভিলনিয়াস", "ওয়ারশ", "অসলো"),
        before=("সর্বশেষ খবর পেতে আমাদের চ্যানেল অনুসরণ করুন। ", ""),
        after=(" আরও পড়ুন: সারাদিনের খবর।", " সর্বস্বত্ব সংরক্ষিত।", ""),
    ),
    "zh": Bank(
        titles=(
            "{land}在{city}会议上承诺向乌克兰提供{what}",
            "{who}将携{n}件{what}出席拉姆施泰因会议",
            "联络小组:{land}将出资{m}万欧元购买{what}",
        ),
        sentences=(
            "{who}在{city}举行的乌克兰防务联络小组会议上表示,{land}将向乌克兰提供{n}件{what}。",
            "这批援助价值{m}万欧元,包括备件和培训。",
            "{who}会后说,他的国家将始终与乌克兰站在一起。",
            "{city}方面的国防部门称,交付将在{n}天内开始。",
            "{land}官员说,同{what}制造商的谈判持续了{n}周。",
            "议会尚需批准这笔资金,数额比去年多{m}万欧元。",
            "如果库存得到补充,{land}秋天可能再提供{n}件{what}。",
            "第{n}旅的士兵自冬季以来一直在{land}接受{what}的训练。",
            "{who}还与乌克兰代表团讨论了在{city}合作生产的问题。",
            "批评者认为{land}在{what}问题上行动太慢。",
        ),
        closing="乌克兰防务联络小组由五十多个国家组成。",
        who=("希利", "皮斯托里乌斯", "勒科尔尼", "布雷克尔曼斯", "桑德维克", "波尔森", "琼森", "克罗塞托"),
        land=("英国", "德国", "法国", "荷兰", "挪威", "丹麦", "瑞典", "波兰", "意大利"),
        what=("榴弹炮", "拦截无人机", "雷达", "爱国者导弹", "装甲车", "炮弹", "电子干扰器"),
        city=("柏林", "布鲁塞尔", "伦敦", "哥本哈根", "维尔纽斯", "华沙", "奥斯陆"),
        before=("关注我们的公众号获取最新消息。", ""),
        after=("延伸阅读:今日要闻。", "版权所有,转载请注明出处。", ""),
        joint="",
    ),
    "th": Bank(
        titles=(
            "{land}ประกาศมอบ{what}ให้ยูเครนในการประชุมที่{city}",
            "{who}เตรียมนำ{what} {n} รายการไปประชุมรามสไตน์ที่{city}",
            "กลุ่มติดต่อ: {land}จะจ่าย {m} ล้านยูโรเพื่อซื้อ{what}",
        ),
        sentences=(
            "{who}กล่าวในการประชุมกลุ่มติดต่อที่{city}ว่า{land}จะส่ง{what}จำนวน {n} รายการให้ยูเครน",
            "ความช่วยเหลือนี้มีมูลค่า {m} ล้านยูโรรวมอะไหล่และการฝึกอบรม",
            "หลังการประชุม{who}ระบุว่าประเทศของเขาจะยืนเคียงข้างยูเครนตราบเท่าที่จำเป็น",
            "กระทรวงกลาโหมแจ้งจาก{city}ว่าการส่งมอบจะเริ่มภายใน {n} วัน",
            "เจ้าหน้าที่ของ{land}ใช้เวลาเจรจากับผู้ผลิต{what}นาน {n} สัปดาห์",
            "รัฐสภายังต้องอนุมัติงบที่มากกว่าปีก่อน {m} ล้านยูโร",
            "{land}อาจส่ง{what}เพิ่มอีก {n} รายการในฤดูใบไม้ร่วง",
            "ทหารกองพลที่ {n} ฝึกใช้{what}ใน{land}มาตั้งแต่ฤดูหนาว",
            "{who}หารือกับคณะผู้แทนยูเครนเรื่องการผลิตร่วมกันใน{city}",
        ),
        closing="กลุ่มติดต่อเพื่อการป้องกันยูเครนประกอบด้วยกว่าห้าสิบประเทศ",
        who=("ฮีลีย์", "พิสโตริอุส", "เลอกอร์นู", "ซานด์วิก", "โพลเซน", "ยอนสัน", "โครเซตโต"),
        land=("อังกฤษ", "เยอรมนี", "ฝรั่งเศส", "เนเธอร์แลนด์", "นอร์เวย์", "เดนมาร์ก", "สวีเดน", "โปแลนด์"),
        what=("ปืนใหญ่", "โดรนสกัดกั้น", "เรดาร์", "ขีปนาวุธแพทริออต", "รถหุ้มเกราะ", "กระสุนปืนใหญ่"),
        city=("เบอร์ลิน", "บรัสเซลส์", "ลอนดอน", "โคเปนเฮเกน", "วิลนีอุส", "วอร์ซอ"),
        before=("ติดตามข่าวสารได้ที่ช่องของเรา ", ""),
        after=(" อ่านเพิ่มเติม ข่าวเด่นวันนี้", ""),
    ),
}


class Desk:
    """Writes the stories of one language and the copies of them."""

    def __init__(self, language, chance):
        self.language, self.chance, self.bank = language, chance, BANKS[language]
        self.headlines = set()

    def story(self, number):
        """Return headline, another headline, and the sentences."""
        bank, chance = self.bank, self.chance
        own = {key: chance.choice(getattr(bank, key)) for key in ("who", "land", "what", "city")}
        chosen = sorted(chance.sample(range(1, len(bank.sentences)), 5))
        gaps = lambda: {**own, "n": chance.randrange(3, 400), "m": chance.randrange(12, 980)}  # noqa: E731
        body = [bank.sentences[place].format(**gaps()) for place in (0, *chosen)]
        titles = [title.format(**gaps()) for title in chance.sample(bank.titles, 2)]
        if not self.headlines.isdisjoint(titles):
            return self.story(number)
        self.headlines.update(titles)
        return number, titles, [*body, bank.closing]

    def copy(self, story, minutes):
        """Return what an outlet makes of a story."""
        number, titles, body = story
        way = self.chance.choice(WAYS)
        title, text = way(self, titles, list(body))
        return Item(number, self.language, title, text, START + timedelta(minutes=minutes))


def whole(desk, titles, body):
    return titles[0], desk.bank.joint.join(body)


def framed(desk, titles, body):
    text = desk.bank.joint.join(body)
    return titles[0], f"{desk.chance.choice(desk.bank.before)}{text}{desk.chance.choice(desk.bank.after)}"


def retitled(desk, titles, body):
    return titles[1], desk.bank.joint.join(body)


def shortened(desk, titles, body):
    return titles[0], desk.bank.joint.join(body[: desk.chance.randrange(2, 5)])


def updated(desk, titles, body):
    more = desk.bank.sentences[-1].format(who=desk.bank.who[0], land=desk.bank.land[0], what=desk.bank.what[0],
                                          city=desk.bank.city[0], n=7, m=31)  # fmt: skip
    body[3:3] = [more]
    return titles[0], desk.bank.joint.join(body)


def bare(_, titles, _body):
    return titles[0], ""


def teaser(desk, titles, body):
    return titles[0], desk.bank.joint.join(body)[:160].rstrip() + "…"


def reset(desk, titles, body):
    text = desk.bank.joint.join(body).replace('"', "»").replace(" — ", " - ").replace(",", " ,")
    return f"{titles[0]} | Outlet {desk.chance.randrange(60)}", text.replace(". ", ".\n\n")


WAYS = (whole, framed, framed, retitled, shortened, updated, bare, teaser, reset)


def day(stories=40, copies=500, seed=1):
    """Return the items of a day in order: each story whole first, then its copies among those of the others."""
    chance = random.Random(seed)
    desks = [Desk(language, chance) for language in BANKS]
    written = [(desk, desk.story(number)) for number, desk in zip(range(stories), desks * stories, strict=False)]
    items = [Item(story[0], desk.language, *whole(desk, *story[1:]), START) for desk, story in written]
    for place in range(copies - stories):
        desk, story = chance.choice(written)
        items.append(desk.copy(story, minutes=10 + place))
    return items
