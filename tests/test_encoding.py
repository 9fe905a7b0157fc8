"""Bytes in, writing out: whatever the header and the document say of themselves."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.encoding import decode

TEXTS = {
    "uk": "Україна: Контактна група з питань оборони зібралася на авіабазі. Міністр повідомив про нове засідання",
    "ru": "Заседание контактной группы по обороне Украины прошло на авиабазе, министр рассказал о помощи",
    "bg": "Министърът на отбраната участва в заседанието на контактната група за Украйна",
    "fr": "Le ministre de la Défense a été reçu à l'Élysée, où l'aide à l'Ukraine a été décidée",
    "de": "Die Kontaktgruppe für die Verteidigung der Ukraine tagt über größere Lieferungen, sagte Müller",
    "pl": "Spotkanie grupy kontaktowej w sprawie obrony odbyło się w środę, źródła mówią o większej pomocy",
    "cs": "Ministři obrany se sešli na letecké základně, jednání o pomoci Ukrajině začalo včera večer",
    "el": "Η Ομάδα Επαφής για την Άμυνα της Ουκρανίας συνεδρίασε στη βάση",
    "ar": "اجتماع مجموعة الاتصال الدفاعية لأوكرانيا في القاعدة الجوية",
    "he": "קבוצת המגע להגנת אוקראינה נפגשה אתמול בבסיס",
    "th": "กลุ่มติดต่อกลาโหมยูเครนประชุมที่ฐานทัพอากาศ",
}
ENCODINGS = {
    "uk": ("windows-1251", "koi8-u", "iso-8859-5", "utf-8", "utf-16", "utf-16-le", "utf-16-be", "utf-32"),
    "ru": ("windows-1251", "koi8-r", "iso-8859-5", "ibm866", "utf-8"),
    "bg": ("windows-1251", "utf-8"),
    "fr": ("windows-1252", "utf-8"),
    "de": ("windows-1252", "utf-8"),
    "pl": ("windows-1250", "iso-8859-2", "utf-8"),
    "cs": ("windows-1250", "iso-8859-2", "utf-8"),
    "el": ("windows-1253", "iso-8859-7", "utf-8"),
    "ar": ("windows-1256", "utf-8"),
    "he": ("windows-1255", "utf-8"),
    "th": ("windows-874", "utf-8"),
}
PYTHON = {"windows-874": "cp874", "ibm866": "cp866"}
HEADERS = ("", "text/xml", "text/xml; charset=utf-8", "text/xml; charset=iso-8859-1", "text/xml; charset=punycode")


def feed_of(text: str, declaration: str = "") -> str:
    return f"{declaration}<rss><channel><item><title>{text}</title></item></channel></rss>"


@pytest.mark.fault("B7")
@pytest.mark.parametrize("header", HEADERS)
@pytest.mark.parametrize(("language", "encoding"), [(lang, enc) for lang, encs in ENCODINGS.items() for enc in encs])
def test_undeclared_or_wrongly_declared_bytes_are_read_right(language, encoding, header):
    document = feed_of(TEXTS[language])
    text, notes = decode(document.encode(PYTHON.get(encoding, encoding)), header, "xml")
    assert text == document
    declared = "charset" in header or encoding not in {"utf-8", "utf-16", "utf-32"}
    believed = (header.endswith("utf-8") and encoding.startswith("utf-8")) or encoding in {"utf-16", "utf-32"}
    right = header.endswith("iso-8859-1") and encoding == "windows-1252"
    assert bool(notes) == (declared and not believed and not right)


@pytest.mark.parametrize("encoding", ["koi8-u", "iso-8859-5", "windows-1251"])
@pytest.mark.parametrize("wrong", ["koi8-r", "windows-1251", "windows-1252", "iso-8859-5"])
def test_one_cyrillic_encoding_declared_as_another(encoding, wrong):
    document = feed_of(TEXTS["uk"], f'<?xml version="1.0" encoding="{wrong}"?>')
    assert decode(document.encode(encoding), "", "xml")[0] == document


def test_the_note_names_what_was_guessed_and_what_was_declared():
    _, notes = decode(feed_of(TEXTS["uk"]).encode("windows-1251"), "text/xml; charset=ISO-8859-1", "xml")
    assert notes == ("encoding guessed: windows-1251 (declared: iso-8859-1)",)


@pytest.mark.parametrize(
    ("encoding", "label"),
    [
        ("gb18030", "gb2312"),
        ("big5", "Big5"),
        ("shift_jis", "Shift_JIS"),
        ("euc_jp", "EUC-JP"),
        ("iso2022_jp", "ISO-2022-JP"),
    ],
)
def test_declared_asian_encodings_are_believed(encoding, label):
    page = f'<html><head><meta charset="{label}"></head><body>國防大臣 会議 東京</body></html>'.replace("国", "國")
    page = page if encoding != "big5" else page.replace("会議", "會議")
    assert decode(page.encode(encoding), "text/html", "html") == (page, ())


def test_declared_korean_is_believed():
    page = '<meta http-equiv="Content-Type" content="text/html; charset=euc-kr"><p>우크라이나 방위 연락 그룹</p>'
    assert decode(page.encode("euc-kr"), "", "html") == (page, ())


@pytest.mark.fault("B8")
@pytest.mark.parametrize("label", ["utf-16", "idna", "zlib", "undefined", "utf-7", "rot13", "base64", "x" * 500])
def test_labels_that_are_no_encodings_of_the_bytes_do_no_harm(label):
    document = feed_of("plain words", f'<?xml version="1.0" encoding="{label}"?>')
    assert decode(document.encode(), f"text/xml; charset={label}", "xml")[0] == document


def test_a_few_broken_places_in_utf8_are_replaced_and_counted():
    body = feed_of(TEXTS["uk"]).encode() + b"\xd0"
    text, notes = decode(body, "text/xml; charset=utf-8", "xml")
    assert TEXTS["uk"] in text
    assert "1 places not valid utf-8, replaced" in notes


def test_a_byte_order_mark_beats_the_header_and_is_cut():
    assert decode(b"\xef\xbb\xbf<a>\xc3\xa9</a>", "text/xml; charset=windows-1251", "xml") == ("<a>é</a>", ())


def test_utf8_declared_as_latin1_is_utf8():
    text, notes = decode(feed_of(TEXTS["fr"]).encode(), "text/html; charset=ISO-8859-1", "html")
    assert text == feed_of(TEXTS["fr"])
    assert notes == ("encoding guessed: utf-8 (declared: iso-8859-1)",)


def test_a_french_name_in_ascii_text_keeps_its_declared_latin1():
    page = feed_of("The talks with Emmanuel Macron took place at the Élysée, said François")
    assert decode(page.encode("latin-1"), "text/xml; charset=ISO-8859-1", "xml") == (page, ())


@given(st.binary(max_size=400), st.text(max_size=40), st.sampled_from(["xml", "html"]))
def test_no_bytes_raise(body, content_type, kind):
    text, notes = decode(body, content_type, kind)
    assert isinstance(text, str)
    assert all(isinstance(note, str) for note in notes)


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\x00\ufeff"), max_size=300))
def test_utf8_is_always_read_as_it_is(text):
    assert decode(text.encode("utf-8"), "text/html; charset=utf-8", "html")[0] == text
