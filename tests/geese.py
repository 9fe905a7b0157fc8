"""A topic of a few words with an example in each of three scripts, or four; and an article that it finds."""

from world import GROUP

GEESE = """{name: ramstein, threshold: 3,
  concepts: {geese: {en: [goose, geese, contact group*], uk: [гус*], zh: [大雁], el: [πάπι*]}},
  hits: [{rule: named, concept: geese, weight: 5}],
  examples: {en: {hit: ["The geese are back on the lake after a long winter in the south, the warden said."]},
    uk: {hit: ["Гуси повернулися на озеро після довгої зими на півдні, сказав лісник."]},
    zh: {hit: ["大雁在南方度过漫长的冬天后回到了湖边，护林员说。"]}%s}}"""
GREEK = """, el: {hit: ["Οι χήνες γύρισαν στη λίμνη μετά από έναν μακρύ χειμώνα, είπε ο φύλακας."]}"""
MINE = ("geese", "Contact group meets", GROUP)
