"""The parts of a topic file: concepts, rules, take-backs, examples.

Each function takes plain data and returns values; mistakes go to the reader. Must not: read files or look at a text.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from monitor.match.forms import Form, FormError, merged, parse_form
from monitor.match.rules import FIELDS, Group, Reach, Rule, TakeBack

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from monitor.config.located import KeyPath
    from monitor.match.reading import Reader

KEYS = ("name", "title", "not_before", "threshold", "certain", "concepts", "hits", "unless", "examples")
RULE_KEYS = ("rule", "says", "concept", "near", "within", "same", "order", "all", "any", "weight", "certain")
UNLESS_KEYS = ("unless", "says", "words", "near", "within", "order", "drops", "takes", "from")
_LANGUAGE_KEYS = ("hit", "miss")
MAX_FORMS = 100_000
MAX_REACH = 100_000
_WITHIN = "60"


@dataclass(frozen=True, slots=True)
class Example:
    """A text that must hit or must not, in one language."""

    language: str
    hit: bool
    text: str
    line: int


def read_concepts(reader: Reader, data: Any) -> dict[str, tuple[Form, ...]]:
    """Read concept -> language -> forms."""
    concepts: dict[str, tuple[Form, ...]] = {}
    if data is None or not reader.mapping(("concepts",), data):
        return concepts
    for name, languages in data.items():
        path = ("concepts", name)
        reader.name(path, name)
        forms: list[Form] = []
        if reader.mapping(path, languages):
            for language, written in languages.items():
                forms += _read_forms(reader, (*path, language), written, language)
        concepts[name] = merged(forms)
        if not forms:
            reader.wrong(path, "expected at least one form")
    if sum(map(len, concepts.values())) > MAX_FORMS:
        reader.wrong(("concepts",), f"expected at most {MAX_FORMS} forms")
    return concepts


def _read_forms(reader: Reader, path: KeyPath, data: Any, language: str) -> list[Form]:
    forms = []
    for place, written in enumerate(reader.items(path, data, "forms")):
        if not isinstance(written, str):
            reader.wrong((*path, place), "expected a form, got keys and values or a list")
            continue
        try:
            forms.append(parse_form(written, language))
        except FormError as error:
            reader.wrong((*path, place), str(error))
    return forms


def read_rules(reader: Reader, data: Any, concepts: Collection[str]) -> tuple[Rule, ...]:
    """Read the list ``hits``."""
    rules = []
    for place, item in enumerate(reader.items(("hits",), data, "rules")):
        path = ("hits", place)
        if reader.mapping(path, item, known=RULE_KEYS, required=("rule", "weight")):
            rules.append(_read_rule(reader, path, item, concepts))
    if not rules and not reader.problems:
        reader.wrong(("hits",), "expected at least one rule")
    _refuse_twins(reader, "hits", [rule.name for rule in rules])
    return tuple(rules)


def _read_rule(reader: Reader, path: KeyPath, item: dict[str, Any], concepts: Collection[str]) -> Rule:
    near = _groups(reader, (*path, "near"), item.get("near", []), concepts)
    every = _groups(reader, (*path, "all"), item.get("all", []), concepts)
    if "concept" in item:
        every = (_group(reader, (*path, "concept"), item["concept"], concepts), *every)
    either = _group(reader, (*path, "any"), item["any"], concepts) if "any" in item else ()
    if "near" in item and len(near) < 2:
        reader.wrong((*path, "near"), "expected at least two concepts")
    if not (near or every or either):
        reader.wrong(path, "expected a condition: concept, near, all or any")
    name = reader.name((*path, "rule"), item.get("rule"))
    return Rule(
        name=name,
        says=reader.text((*path, "says"), item.get("says", name.replace("-", " ") or "?")),
        weights=_weights(reader, (*path, "weight"), item.get("weight")),
        near=near,
        within=_reach(reader, (*path, "within"), item.get("within", _WITHIN)),
        ordered=reader.choice((*path, "order"), item.get("order", "any"), ("any", "given")) == "given",
        paragraph=reader.choice((*path, "same"), item.get("same", "text"), ("text", "paragraph")) == "paragraph",
        all=every,
        any=either,
        certain=reader.flag((*path, "certain"), item.get("certain", "false")),
    )


def _reach(reader: Reader, path: KeyPath, data: Any) -> Reach:
    """Read a distance: ``60``, ``60 characters`` or ``8 words``."""
    number, _, unit = data.partition(" ") if isinstance(data, str) else ("", "", "")
    if number.isdecimal() and int(number) <= MAX_REACH and unit in ("", "characters", "words"):
        return Reach(int(number), "words" if unit == "words" else "characters")
    reader.wrong(path, f"expected a distance such as 60, 60 characters or 8 words, got {data!r}")
    return Reach(0)


def _groups(reader: Reader, path: KeyPath, data: Any, concepts: Collection[str]) -> tuple[Group, ...]:
    return tuple(
        _group(reader, (*path, place), item, concepts)
        for place, item in enumerate(reader.items(path, data, "concepts"))
    )


def _group(reader: Reader, path: KeyPath, data: Any, concepts: Collection[str]) -> Group:
    """Read a concept's name, or a list of names of which any will do."""
    names = data if isinstance(data, list) else [data]
    for name in names:
        if name not in concepts:
            reader.wrong(path, f"expected a concept of this file ({', '.join(sorted(concepts))}), got {name!r}")
    return tuple(name for name in names if name in concepts)


def _weights(reader: Reader, path: KeyPath, data: Any) -> dict[str, float]:
    if isinstance(data, dict) and reader.mapping(path, data, known=FIELDS):
        return {field: reader.number((*path, field), data.get(field, "0"), low=-100, high=100) for field in FIELDS}
    weight = reader.number(path, data, low=-100, high=100)
    return {field: 0.0 if field == "url" else weight for field in FIELDS}


def read_take_backs(
    reader: Reader, data: Any, concepts: Collection[str], rules: Sequence[Rule]
) -> tuple[TakeBack, ...]:
    """Read the list ``unless``."""
    backs = []
    for place, item in enumerate(reader.items(("unless",), data, "what takes back")):
        path = ("unless", place)
        if reader.mapping(path, item, known=UNLESS_KEYS, required=("unless", "words")):
            backs.append(_read_take_back(reader, path, item, concepts, rules))
    _refuse_twins(reader, "unless", [back.name for back in backs])
    return tuple(backs)


def _read_take_back(
    reader: Reader, path: KeyPath, item: dict[str, Any], concepts: Collection[str], rules: Sequence[Rule]
) -> TakeBack:
    drops = _group(reader, (*path, "drops"), item["drops"], concepts) if "drops" in item else ()
    if ("drops" in item) == ("from" in item):
        reader.wrong(path, "expected either drops (a concept) or from (a list of rules)")
    name = reader.name((*path, "unless"), item.get("unless"))
    return TakeBack(
        name=name,
        says=reader.text((*path, "says"), item.get("says", name.replace("-", " ") or "?")),
        words=_group(reader, (*path, "words"), item.get("words"), concepts),
        near=_group(reader, (*path, "near"), item["near"], concepts) if "near" in item else (),
        within=_reach(reader, (*path, "within"), item.get("within", _WITHIN)),
        order=reader.choice((*path, "order"), item.get("order", "either"), ("before", "after", "either")),
        drops="".join(drops[:1]),
        takes=reader.number((*path, "takes"), item["takes"]) if "takes" in item else None,
        rules=_rule_names(reader, (*path, "from"), item.get("from", []), rules),
    )


def _rule_names(reader: Reader, path: KeyPath, data: Any, rules: Sequence[Rule]) -> tuple[str, ...]:
    known = {rule.name: rule for rule in rules}
    names = reader.items(path, data, "rules")
    for place, name in enumerate(names):
        if name not in known:
            reader.wrong((*path, place), f"expected a rule of this file ({', '.join(known)}), got {name!r}")
        elif known[name].certain:
            reader.wrong((*path, place), f"{name} is certain; nothing takes it back")
    return tuple(names)


def _refuse_twins(reader: Reader, key: str, names: list[str]) -> None:
    for place, name in enumerate(names):
        if name and name in names[:place]:
            reader.wrong((key, place), f"a second {name!r}; expected each name once")


def read_date(reader: Reader, path: KeyPath, data: Any) -> date | None:
    """Read a day, or none."""
    if not data:
        return None
    try:
        return date.fromisoformat(data)
    except (TypeError, ValueError):
        reader.wrong(path, f"expected a day such as 2022-04-21, got {data!r}")
        return None


def read_examples(reader: Reader, data: Any) -> tuple[Example, ...]:
    """Read language -> hit and miss -> texts."""
    examples: list[Example] = []
    if not data or not reader.mapping(("examples",), data):
        return ()
    for language, kinds in data.items():
        if not reader.mapping(("examples", language), kinds, known=_LANGUAGE_KEYS):
            continue
        for kind, texts in kinds.items():
            path = ("examples", language, kind)
            for place, text in enumerate(reader.items(path, texts, "texts")):
                examples.append(
                    Example(language, kind == "hit", reader.text((*path, place), text), reader.line((*path, place)))
                )
    return tuple(examples)
