"""The house on a busy morning: news in a dozen languages, judged by the shipped topics, some of it one story."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from web_house import NOW, House, house

from monitor.loading import load_shipped
from monitor.match.engine import Matcher
from monitor.model import (
    Cursor,
    DueArticle,
    Entry,
    Finding,
    Known,
    Linking,
    NewDelivery,
    PollResult,
    Print,
    Sighting,
    Source,
    Text,
)
from monitor.poll.standing import after
from monitor.store import PollStore, ReadStore
from monitor.urls import url_key

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Article:
    """One article; ``of`` is the headline of the story's first one."""

    source: str
    title: str
    text: str
    minutes: float
    of: str = ""
    edited: str = ""
    """What it says later."""


def source(name: str, host: str, language: str, country: str) -> Source:
    return Source(name, f"https://{host}.example/rss", language=language, country=country, pace=timedelta(0))


SOURCES = (
    source("Фокус", "focus", "uk", "UA"),
    source("Українська правда", "pravda", "uk", "UA"),
    source("Polska Gazeta", "gazeta", "pl", "PL"),
    source("Tagesblatt am Morgen", "tagesblatt", "de", "DE"),
    source("الجزيرة نت", "aljazeera", "ar", "QA"),
    source("প্রথম আলো", "prothomalo", "bn", "BD"),
    source("朝のニュース", "asa", "ja", "JP"),
    source("早报", "zaobao", "zh", "SG"),
    source("Báo Buổi Sáng", "baosang", "vi", "VN"),
    source("Kyiv Courier", "courier", "en", "UA"),
    source("Le Quotidien", "quotidien", "fr", "FR"),
    source("הבוקר", "haboker", "he", "IL"),
    source("Sabah Postası", "sabah", "tr", "TR"),
    source("한국아침", "achim", "ko", "KR"),
)
LEAD = "Міністри оборони зустрінуться в Рамштайні 14 лютого"
ARTICLES = (
    Article(
        "Українська правда",
        LEAD,
        "Засідання контактної групи з питань оборони України відбудеться 14 лютого на авіабазі Рамштайн у Німеччині.\n"
        "Очікується, що міністри оборони понад п'ятдесяти країн говоритимуть про протиповітряну оборону, "
        "боєприпаси та навчання українських військових.\n"
        "Формат «Рамштайн» діє від квітня 2022 року. Попередня зустріч відбулася у січні.\n"
        "За словами речника, частину рішень оголосять того самого дня.",
        95,
        edited="Засідання контактної групи з питань оборони України відбудеться 14 лютого на авіабазі Рамштайн.\n"
        "Очікується, що міністри оборони п'ятдесяти чотирьох країн говоритимуть про протиповітряну оборону, "
        "боєприпаси, дрони та навчання українських військових.\n"
        "Формат «Рамштайн» діє від квітня 2022 року. Попередня зустріч відбулася у січні.\n"
        "За словами речника, частину рішень оголосять того самого дня.",
    ),
    Article(
        "Фокус",
        "Рамштайн 14 лютого: хто приїде і про що говоритимуть",
        "Контактна група з питань оборони України збереться на авіабазі Рамштайн. Чого чекати Україні від союзників.",
        80,
        LEAD,
    ),
    Article(
        "Tagesblatt am Morgen",
        "Ukraine-Kontaktgruppe berät am 14. Februar in Ramstein",
        "Die Ukraine-Kontaktgruppe kommt am Dienstag auf dem Stützpunkt Ramstein zusammen.\n"
        "Verteidigungsminister aus mehr als fünfzig Staaten werden erwartet; es geht um Luftabwehr und Munition.",
        62,
        LEAD,
    ),
    Article(
        "Polska Gazeta",
        "Grupa Kontaktowa ds. Obrony Ukrainy spotka się w Ramstein",
        "Ministrowie obrony ponad pięćdziesięciu państw spotkają się w bazie Ramstein. "
        "Grupa Kontaktowa ds. Obrony Ukrainy będzie rozmawiać o amunicji.",
        44,
        LEAD,
    ),
    Article(
        "Kyiv Courier",
        "Ukraine Defense Contact Group to meet at Ramstein on 14 February",
        "The Ukraine Defense Contact Group will meet at Ramstein Air Base on Tuesday, the Pentagon said.\n"
        "Defence ministers from more than fifty nations are expected to discuss air defence and ammunition.\n"
        "A concert at the base planned for the same week has been moved.",
        12,
        LEAD,
    ),
    Article(
        "الجزيرة نت",
        "مجموعة الاتصال الدفاعية بشأن أوكرانيا تجتمع في قاعدة رامشتاين",
        "يجتمع وزراء دفاع أكثر من خمسين دولة في قاعدة رامشتاين الجوية بألمانيا لبحث تقديم دعم عسكري جديد لأوكرانيا.\n"
        "وقال مسؤول أميركي إن مجموعة الاتصال الدفاعية بشأن أوكرانيا ستناقش الدفاع الجوي (Patriot) والذخيرة.",
        19,
    ),
    Article(
        "প্রথম আলো",
        "জার্মানির রামস্টেইনে ৫০ দেশের বৈঠক",
        "জার্মানির রামস্টেইনে ইউক্রেনের ৫০টিরও বেশি মিত্র দেশের প্রতিরক্ষামন্ত্রীরা বৈঠকে বসছেন। "
        "বৈঠকে ইউক্রেনকে সামরিক সহায়তা নিয়ে আলোচনা হবে।",
        27,
    ),
    Article(
        "朝のニュース",
        "ウクライナ防衛コンタクトグループ会合 ドイツの米軍基地で開催へ",
        "ウクライナへの軍事支援を話し合う「ウクライナ防衛コンタクトグループ」の会合が、ドイツのラムシュタイン米軍基地で開かれます。",
        38,
    ),
    Article(
        "早报",
        "乌克兰防务联络小组将在拉姆施泰因基地开会",
        "乌克兰防务联络小组会议将在德国拉姆施泰因空军基地举行，五十多个国家的国防部长将讨论防空和弹药援助。",
        51,
    ),
    Article(
        "Báo Buổi Sáng",
        "Nhóm Liên lạc Quốc phòng Ukraine họp tại căn cứ Ramstein",
        "Nhóm Liên lạc Quốc phòng Ukraine sẽ họp tại căn cứ không quân Ramstein ở Đức. "
        "Bộ trưởng quốc phòng hơn 50 nước bàn về phòng không và đạn dược.",
        70,
    ),
    Article(
        "Le Quotidien",
        "Le Groupe de contact pour la défense de l'Ukraine se réunit à Ramstein",
        "Le Groupe de contact pour la défense de l'Ukraine se réunit mardi sur la base de Ramstein, en Allemagne. "
        "Les ministres de la Défense d'une cinquantaine de pays doivent annoncer de nouvelles livraisons.",
        130,
    ),
    Article(
        "הבוקר",
        "קבוצת הקשר להגנת אוקראינה תתכנס בבסיס רמשטיין",
        "שרי ההגנה של יותר מחמישים מדינות ייפגשו בבסיס רמשטיין (Ramstein) בגרמניה. "
        "קבוצת הקשר להגנת אוקראינה תדון בתחמושת.",
        210,
    ),
    Article(
        "Sabah Postası",
        "Ukrayna Savunma Temas Grubu Ramstein'da toplanıyor",
        "Ukrayna Savunma Temas Grubu salı günü Almanya'daki Ramstein üssünde toplanacak. "
        "Elliden fazla ülkenin savunma bakanları hava savunmasını görüşecek.",
        340,
    ),
    Article(
        "한국아침",
        "우크라이나 방위연락그룹, 람슈타인 기지에서 회의",
        "우크라이나 방위연락그룹 회의가 독일 람슈타인 공군기지에서 열린다. "
        "50여 개국 국방장관이 방공망과 탄약 지원을 논의한다.",
        60 * 29,
    ),
)


@contextmanager
def reading(folder: Path, articles: Sequence[Article] = ARTICLES, **options: Any) -> Iterator[House]:
    """The house with these articles in it alone, judged by the shipped topics."""
    with house(folder, (), **options) as running:
        publish(running, articles)
        yield running


def publish(running: House, articles: Sequence[Article]) -> None:
    """Poll and read the articles through the stores that the desks use; may be called again."""
    polls = PollStore(running.database, SOURCES)
    polls.sync(NOW - timedelta(days=3))
    reads = ReadStore(running.database, SOURCES, _linker(articles))
    matcher = judge()
    for item in sorted(articles, key=lambda one: -one.minutes):
        _publish(polls, item)
        _read(reads, articles, matcher, NOW - item.minutes * MINUTE)


@cache
def judge() -> Matcher:
    """The shipped topic; made once, since that takes seconds."""
    return Matcher([topic for topic in load_shipped().topics if topic.name == "ramstein"])


def _linker(articles: Sequence[Article]) -> Any:
    by_title = {item.title: item for item in articles}

    def link(new: Print, known: Sequence[Known]) -> Linking:
        item = by_title[new.title]
        story = next((one.story_id for one in known if one.print.title == item.of), None)
        return Linking(story, "translation" if story else "first", 0.9, "both name 14 February and Ramstein")

    return link


def _publish(polls: PollStore, item: Article) -> None:
    found, url = NOW - item.minutes * MINUTE, address(item)
    entry = Entry(url, url, item.title, item.text[:120], published=found - 7 * MINUTE)
    result = PollResult(item.source, "new", (Sighting(url, url_key(url), entry),), Cursor())
    claimed = polls.claim_named(item.source, found - timedelta(seconds=1))
    assert claimed is not None
    polls.save(
        claimed, result, lambda tally: replace(after(claimed, result, tally, 0.5, found), due=NOW + MINUTE), found
    )


def address(item: Article) -> str:
    return f"https://news.example/{sum(ord(letter) * at for at, letter in enumerate(item.title, 1))}"


def _read(reads: ReadStore, articles: Sequence[Article], matcher: Matcher, now: datetime) -> None:
    by_title = {item.title: item for item in articles}
    while (article := reads.claim(now + timedelta(seconds=20))) is not None:
        item = by_title[article.title]
        text = item.edited if item.edited and now - NOW > -90 * MINUTE else item.text
        reads.save(_finding(article, item, text, matcher, now), article, _route, now + timedelta(seconds=30))


def _finding(article: DueArticle, item: Article, text: str, matcher: Matcher, now: datetime) -> Finding:
    language = next(one.language for one in SOURCES if one.name == item.source)
    verdicts = matcher.match(Text(item.title, text, address(item), language))
    made = Print(language, now, item.title, len(text), b"")
    return Finding(article.id, item.title, text, "full", verdicts, language, print=made)


def _route(_finding: Finding, _article: DueArticle, _now: datetime) -> tuple[NewDelivery, ...]:
    return ()
